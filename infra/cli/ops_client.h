// Asks a running server for an operation.
#pragma once

#include <chrono>

#include "events/values/result.h"
#include "infra/node/data_directory.h"
#include "infra/ops/operations.h"

namespace contacts::cli {

// The time that an answer may take: a digest reads all rows, an export many.
inline constexpr std::chrono::milliseconds kLongAnswer{120'000};

// The proof takes a moment, unless the server hangs.
inline constexpr std::chrono::milliseconds kProof{5000};

// The server must show that it knows the token, so that neither the token nor a password goes to
// another program that listens there. kUnavailable: no program answers, or another one does.
Result<bool> ProveServer(const OpsAddress& server, std::chrono::milliseconds patience = kProof);

// kUnavailable: no server answers there.
Result<OpsAnswer> AskServer(const OpsAddress& server, const OpsRequest& request,
                            std::chrono::milliseconds patience = kLongAnswer);

// The body that /health/ready answers with, whatever its status.
Result<std::string> AskReadiness(const OpsAddress& server, std::chrono::milliseconds patience);

}  // namespace contacts::cli
