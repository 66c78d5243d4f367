#include "command/command.h"

#include <utility>

namespace contacts {

Answer NotTaken(const Command& command, std::string why, int retry_after_seconds) {
  const ErrorCode code = command.key ? ErrorCode::kUnknownOutcome : ErrorCode::kUnavailable;
  return Failure({code, std::move(why), {}, retry_after_seconds, command.key.value_or("")});
}

}  // namespace contacts
