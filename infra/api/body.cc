#include "infra/api/body.h"

#include <algorithm>
#include <optional>

#include "infra/api/bodies.h"
#include "infra/api/request_headers.h"

namespace contacts::api {
namespace {

constexpr json::Limits kBodyLimits{.bytes = 256 * 1024, .depth = 32};

bool Covers(const std::string& outer, const std::string& inner) {
  return inner.starts_with(outer) && (inner.size() == outer.size() || inner[outer.size()] == '/');
}

}  // namespace

Result<json::Document> ParseBody(const http::Request& request) {
  if (request.body.empty()) {
    return FaultyBody({{"", "is empty; a JSON object is needed"}});
  }
  if (auto error = CheckJsonContent(request)) return *error;
  Result<json::Document> document = json::Document::Parse(request.body, kBodyLimits);
  if (!document) return FaultyBody({{"", "cannot be read: " + document.error().message}});
  return document;
}

void AddOtherFaults(std::vector<FieldFault> more, std::vector<FieldFault>* faults) {
  const size_t known = faults->size();
  for (FieldFault& fault : more) {
    const auto end = faults->begin() + static_cast<std::ptrdiff_t>(known);
    const bool is_known = std::any_of(faults->begin(), end, [&](const FieldFault& other) {
      return Covers(other.path, fault.path);
    });
    if (!is_known) faults->push_back(std::move(fault));
  }
}

Error FaultyBody(std::vector<FieldFault> faults) {
  const FieldFault& first = faults.front();
  std::string message =
      "The body" + (first.path.empty() ? "" : "'s " + first.path) + " " + first.message;
  if (faults.size() > 1) {
    message += ", and " + std::to_string(faults.size() - 1) + " more: see fields";
  }
  return {ErrorCode::kBadRequest, std::move(message), std::move(faults)};
}

std::optional<Error> CheckNoFields(const http::Request& request) {
  if (request.body.empty()) return std::nullopt;
  const auto body = ReadBody<NoFields>(request, [](NoFields*, auto*) {});
  if (body) return std::nullopt;
  return body.error();
}

}  // namespace contacts::api
