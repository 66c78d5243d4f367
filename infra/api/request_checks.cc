// The checks of request_headers.h that ask whether a request may have a body read and obeyed.
#include <string>
#include <string_view>
#include <vector>

#include "infra/api/header_text.h"
#include "infra/api/request_headers.h"
#include "infra/http/text.h"

namespace contacts::api {
namespace {

bool IsJsonInUtf8(std::string_view type) {
  size_t semicolon = type.find(';');
  if (!http::EqualsIgnoringCase(http::TrimSpace(type.substr(0, semicolon)), "application/json"))
    return false;
  while (semicolon != std::string_view::npos) {
    type.remove_prefix(semicolon + 1);
    semicolon = type.find(';');
    const std::string_view parameter = http::TrimSpace(type.substr(0, semicolon));
    const size_t equals = parameter.find('=');
    if (parameter.empty()) continue;  // RFC 9110, 5.6.6 lets it be empty
    if (equals == std::string_view::npos ||
        !http::EqualsIgnoringCase(parameter.substr(0, equals), "charset") ||
        !http::EqualsIgnoringCase(Unquote(parameter.substr(equals + 1)), "utf-8")) {
      return false;
    }
  }
  return true;
}

// Without the scheme's own port.
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

std::optional<std::string> BearerToken(const http::Request& request) {
  constexpr std::string_view kScheme = "Bearer";
  const std::vector<std::string_view> values = request.FindAll("Authorization");
  std::optional<std::string> token;
  for (const std::string_view value : values) {
    const size_t space = value.find(' ');
    if (!http::EqualsIgnoringCase(value.substr(0, space), kScheme)) continue;
    token = space == value.npos ? "" : std::string(http::TrimSpace(value.substr(space)));
  }
  if (token && values.size() > 1) token->clear();
  return token;
}

std::optional<Error> CheckJsonContent(const http::Request& request) {
  const std::vector<std::string_view> types = request.FindAll("Content-Type");
  if (types.size() == 1 && IsJsonInUtf8(types.front())) return std::nullopt;
  return Error{ErrorCode::kUnsupportedMediaType,
               "Content-Type must be application/json (in UTF-8)" +
                   std::string(types.empty() ? "; the request has none" : "")};
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
