// Asks a running server for an operation.
#pragma once

#include "events/values/result.h"
#include "infra/node/data_directory.h"
#include "infra/ops/operations.h"

namespace contacts::cli {

// The server must show that it knows the token, so that neither the token nor a password goes to a
// stranger who listens there. kUnavailable: nobody answers, or somebody else does.
Result<bool> ProveServer(const OpsAddress& server);

// kUnavailable: nobody answers there.
Result<OpsAnswer> AskServer(const OpsAddress& server, const OpsRequest& request);

}  // namespace contacts::cli
