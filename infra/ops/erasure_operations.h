// The operations that erase people, and those that forbid it.
#pragma once

#include <vector>

#include "infra/ops/operation.h"

namespace contacts::ops {

// Their rows in the table of operations (operation.h).
std::vector<Operation> ErasureOperations();

}  // namespace contacts::ops
