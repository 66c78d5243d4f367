// The answer of an operation as people read it.
#pragma once

#include <string>

#include "infra/ops/operations.h"

namespace contacts::cli {

struct Printed {
  std::string out;  // for stdout: the result
  std::string err;  // for stderr: a remark on it
};

// `verb`: the operation that was typed; `request`: what was asked; `json`: the whole answer, a line
// for each row. A list becomes a table, a change becomes a sentence. A link or a token stands alone
// in `out`, so that a script can take it. Nothing in it steers a terminal.
Printed ForPeople(const std::string& verb, const OpsRequest& request, const std::string& json);

// Whether the verb's answer has a form for people: an export, for one, is the very records.
bool HasFormForPeople(const std::string& verb);

}  // namespace contacts::cli
