// The lines of the log that tell of one request.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "infra/http/responder_target.h"

namespace contacts::http {

// One line for an answer that goes out now. The head of a streamed answer has 0 bytes.
void LogAccess(const RequestSummary& summary, const AnswerContext& context,
               const Response& response);

// One more line for a streamed answer, with the bytes of its body; `end` says why it ended.
void LogStreamEnd(const std::string& request_id, const char* end, uint64_t bytes,
                  std::chrono::steady_clock::duration lasted);

}  // namespace contacts::http
