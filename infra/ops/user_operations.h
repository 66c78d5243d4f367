// The operations on users and on the tokens of machines.
#pragma once

#include <vector>

#include "infra/ops/operation.h"

namespace contacts::ops {

// Their rows in the table of operations (operation.h).
std::vector<Operation> UserOperations();

}  // namespace contacts::ops
