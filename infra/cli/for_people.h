// The answer of an operation as people read it.
#pragma once

#include <string>

#include "infra/ops/operations.h"

namespace contacts::cli {

struct Printed {
  std::string out;  // for stdout: the result
  std::string err;  // for stderr: what else is to be said
};

// `verb`: the operation that was typed; `request`: what was asked; `json`: the whole answer, a line
// for each thing. Lists become tables, and what changed something becomes a sentence. A link or a
// token stands alone in `out`, so that a script can take it. Nothing of it steers a terminal.
Printed ForPeople(const std::string& verb, const OpsRequest& request, const std::string& json);

// Whether the verb's answer is one for people at all: an export is the very records.
bool HasFormForPeople(const std::string& verb);

}  // namespace contacts::cli
