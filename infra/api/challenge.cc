#include "infra/api/challenge.h"

#include "infra/api/request_headers.h"

namespace contacts::api {
namespace {

constexpr const char* kRealm = "Bearer realm=\"contacts\"";

// The scope that lets a machine's token in; "": none does.
std::string ScopeFor(Who who) {
  switch (who) {
    case Who::kChangers:
      return "write";
    case Who::kAuditors:
      return "audit";
    case Who::kEveryUser:
      return "read";
    case Who::kAnyoneAtOnce:
    case Who::kAnyone:
    case Who::kAdmins:
      break;
  }
  return "";
}

}  // namespace

std::optional<std::string> ChallengeFor(const http::Request& request, const ApiRoute& route,
                                        const Error& error) {
  const bool by_token = route.NeedsSession() && BearerToken(request).has_value();
  if (error.code == ErrorCode::kUnauthenticated) {
    return std::string(kRealm) + (by_token ? ", error=\"invalid_token\"" : "");
  }
  if (error.code != ErrorCode::kForbidden || !by_token) return std::nullopt;
  std::string challenge = std::string(kRealm) + ", error=\"insufficient_scope\"";
  const std::string scope = ScopeFor(route.who);
  if (!scope.empty()) challenge += ", scope=\"" + scope + "\"";
  return challenge;
}

}  // namespace contacts::api
