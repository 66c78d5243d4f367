#include "infra/api/read_body.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "infra/api/account_bodies.h"
#include "infra/api/request_checks.h"

namespace contacts::api {
namespace {

constexpr json::Limits kBodyLimits{.bytes = 256 * 1024, .depth = 32};

Error Unreadable(std::string_view message) {
  Faults faults;
  faults.Add("", message);
  return FaultyBody(faults);
}

}  // namespace

Result<json::Document> ParseBody(const http::Request& request) {
  if (request.body.empty()) {
    return Unreadable("is empty; a JSON object is needed");
  }
  if (auto error = CheckJsonContent(request)) return *error;
  Result<json::Document> document = json::Document::Parse(request.body, kBodyLimits);
  if (!document) return Unreadable("cannot be read: " + document.error().message);
  return document;
}

Error FaultyBody(const Faults& faults) {
  const std::vector<FieldFault>& kept = faults.kept();
  const FieldFault& first = kept.front();
  std::string message =
      "The body" + (first.path.empty() ? "" : "'s " + first.path) + " " + first.message;
  if (faults.count() > 1) {
    message += ", and " + std::to_string(faults.count() - 1) + " more: see fields";
  }
  if (faults.count() > kept.size()) {
    message += ", which has the first " + std::to_string(kept.size());
  }
  return {ErrorCode::kBadRequest, std::move(message), kept};
}

std::optional<Error> CheckNoFields(const http::Request& request) {
  if (request.body.empty()) return std::nullopt;
  const auto body = ReadBody<NoFields>(request, [](NoFields*, auto*) {});
  if (body) return std::nullopt;
  return body.error();
}

}  // namespace contacts::api
