#include "command/command.h"

#include <utility>

namespace contacts {

CommandRefused Refusal(std::string command, const Error& error, int64_t left_out) {
  return {std::move(command), error.code,    error.message,  left_out,
          error.contact_id,   error.user_id, error.is_active};
}

Answer NotTaken(const Command& command, std::string why, int retry_after_seconds) {
  const ErrorCode code = command.key ? ErrorCode::kUnknownOutcome : ErrorCode::kUnavailable;
  return Failure({code, std::move(why), {}, retry_after_seconds, command.key.value_or("")});
}

}  // namespace contacts
