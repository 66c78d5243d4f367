#include "infra/api/request_checks.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "events/values/ascii.h"
#include "infra/api/quoted_text.h"
#include "infra/http/text.h"

namespace contacts::api {
namespace {

bool IsUtf8Name(std::string_view charset) {
  return http::EqualsIgnoringCase(charset, "utf-8") || http::EqualsIgnoringCase(charset, "utf8");
}

// Says how a media type (RFC 9110, 8.3.1) differs from JSON in UTF-8; nullopt: it does not.
// Parameters other than `charset` are ignored.
std::optional<std::string> FaultOfType(std::string_view type, bool is_patch) {
  const std::vector<std::string_view> parts = http::Split(type, ';', http::Quotes::kHideMore);
  const bool is_merge_patch =
      is_patch && http::EqualsIgnoringCase(parts.front(), "application/merge-patch+json");
  if (!is_merge_patch && !http::EqualsIgnoringCase(parts.front(), "application/json")) {
    return "not '" + std::string(type) + "'";
  }
  for (const std::string_view parameter : parts) {
    const size_t equals = std::min(parameter.find('='), parameter.size());
    if (!http::EqualsIgnoringCase(TrimSpace(parameter.substr(0, equals)), "charset")) continue;
    const std::string_view value = parameter.substr(std::min(equals + 1, parameter.size()));
    const std::string_view charset = Unquote(TrimSpace(value));
    if (!IsUtf8Name(charset)) return "not in the charset '" + std::string(charset) + "'";
  }
  return std::nullopt;
}

// `authority` without the scheme's default port.
std::string_view WithoutDefaultPort(std::string_view authority, std::string_view port) {
  return authority.ends_with(port) ? authority.substr(0, authority.size() - port.size())
                                   : authority;
}

bool IsOwnOrigin(std::string_view origin, const http::Request& request) {
  const std::string_view scheme = request.secure ? "https://" : "http://";
  if (!origin.starts_with(scheme)) return false;  // "null" too
  origin.remove_prefix(scheme.size());
  const std::string_view port = request.secure ? ":443" : ":80";
  return http::EqualsIgnoringCase(WithoutDefaultPort(origin, port),
                                  WithoutDefaultPort(request.host, port));
}

}  // namespace

std::optional<Error> CheckJsonContent(const http::Request& request) {
  const bool is_patch = request.method == "PATCH";
  const std::vector<std::string_view> types = request.FindAll("Content-Type");
  std::string fault = types.empty() ? "the request has none" : "the request has several";
  if (types.size() == 1) {
    const auto of_type = FaultOfType(types.front(), is_patch);
    if (!of_type) return std::nullopt;
    fault = *of_type;
  }
  return Error{ErrorCode::kUnsupportedMediaType,
               std::string("Content-Type must be application/json") +
                   (is_patch ? " or application/merge-patch+json" : "") + " (in UTF-8), " + fault};
}

std::optional<Error> CheckSameOrigin(const http::Request& request,
                                     const http::AllowedOrigins& allowed) {
  const auto origin = request.Find("Origin");
  bool same = true;
  if (const auto site = request.Find("Sec-Fetch-Site")) {
    same = *site == "same-origin" || *site == "none";
  } else if (origin) {
    same = IsOwnOrigin(*origin, request);
  }
  if (same || (origin && allowed.Contains(*origin))) return std::nullopt;
  return Error{ErrorCode::kForbidden, "The request comes from a page of another site" +
                                          std::string(origin ? ", " + std::string(*origin) : "")};
}

}  // namespace contacts::api
