#include "infra/api/command_headers.h"

#include <utility>

#include "infra/api/request_headers.h"

namespace contacts::api {

std::optional<Error> AddHeaders(const http::Request& request, const std::string& path,
                                Command* command) {
  auto key = IdempotencyKey(request);
  if (!key) return key.error();
  auto reason = Reason(request);
  if (!reason) return reason.error();
  command->key = *std::move(key);
  command->reason = *std::move(reason);
  // The request is set also without a key: a 503 may give one out, and a retry with it must be
  // distinguished from another request.
  command->request = request.method + '\n' + path + '\n';
  std::string_view between;
  for (const std::string_view if_match : request.FindAll("If-Match")) {
    command->request.append(between).append(if_match);
    between = ",";
  }
  command->request += '\n' + request.body;
  return std::nullopt;
}

}  // namespace contacts::api
