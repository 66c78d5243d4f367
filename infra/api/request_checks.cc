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
  const bool https = origin.starts_with("https://");
  if (!https && !origin.starts_with("http://")) return false;  // "null" too
  if (request.secure && !https) return false;
  origin.remove_prefix(https ? 8 : 7);
  const std::string_view port = https ? ":443" : ":80";
  return http::EqualsIgnoringCase(WithoutDefaultPort(origin, port),
                                  WithoutDefaultPort(request.host, port));
}

// The weight of one member of Accept-Encoding, in thousandths; one that cannot be read is 0.
int WeightOf(std::string_view parameters) {
  const size_t q = parameters.find('=');
  if (parameters.empty()) return 1000;
  if (q == std::string_view::npos ||
      !http::EqualsIgnoringCase(http::TrimSpace(parameters.substr(0, q)), "q")) {
    return 0;
  }
  const std::string_view value = http::TrimSpace(parameters.substr(q + 1));
  if (value.empty() || (value[0] != '0' && value[0] != '1')) return 0;
  int weight = (value[0] - '0') * 1000;
  int place = 100;
  for (size_t i = 2; i < value.size() && i < 5; ++i, place /= 10) {
    if (value[1] != '.' || value[i] < '0' || value[i] > '9') return 0;
    weight += (value[i] - '0') * place;
  }
  return weight;
}

}  // namespace

bool AcceptsGzip(const http::Request& request) {
  std::optional<int> gzip, any, plain;
  for (const std::string_view value : request.FindAll("Accept-Encoding")) {
    for (const std::string_view member : SplitList(value)) {
      const size_t semicolon = member.find(';');
      const std::string_view coding = http::TrimSpace(member.substr(0, semicolon));
      const int weight = WeightOf(
          semicolon == std::string_view::npos ? "" : http::TrimSpace(member.substr(semicolon + 1)));
      if (http::EqualsIgnoringCase(coding, "gzip") || http::EqualsIgnoringCase(coding, "x-gzip"))
        gzip = weight;
      if (http::EqualsIgnoringCase(coding, "identity")) plain = weight;
      if (coding == "*") any = weight;
    }
  }
  const int weight = gzip.value_or(any.value_or(0));
  return weight > 0 && weight >= plain.value_or(0);
}

std::optional<Error> CheckJsonContent(const http::Request& request) {
  const std::vector<std::string_view> types = request.FindAll("Content-Type");
  if (types.size() == 1 && IsJsonInUtf8(types.front())) return std::nullopt;
  return Error{ErrorCode::kUnsupportedMediaType,
               "Content-Type must be application/json (in UTF-8)" +
                   std::string(types.empty() ? "; the request has none" : "")};
}

std::optional<Error> CheckSameOrigin(const http::Request& request) {
  bool same = true;
  if (const auto site = request.Find("Sec-Fetch-Site")) {
    same = *site == "same-origin" || *site == "none";
  } else if (const auto origin = request.Find("Origin")) {
    same = IsOwnOrigin(*origin, request);
  }
  if (same) return std::nullopt;
  return Error{ErrorCode::kForbidden, "The request comes from a page of another site"};
}

}  // namespace contacts::api
