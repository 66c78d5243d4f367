// Asks a running server for an operation.
#pragma once

#include "events/values/result.h"
#include "infra/node/data_directory.h"
#include "infra/ops/operations.h"

namespace contacts::cli {

// kUnavailable: nobody answers there.
Result<OpsAnswer> AskServer(const OpsAddress& server, const OpsRequest& request);

}  // namespace contacts::cli
