// The layers of settings: the file, then the variables, then what was typed; the last one counts.
// CLI11's set_config and envname are not used: they stop at the first fault and name neither line
// nor variable, pass over misspelled keys, and want a section in the file for each verb.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "infra/base/finding.h"

namespace contacts::cli {

// Returns a variable's value; empty: not set.
using Environment = std::function<std::string(const std::string&)>;

struct Layers {
  std::vector<std::string> arguments;
  Findings faults;
  std::set<std::string> unusable;  // settings whose value is unknown because of a fault
  // By setting, where its value came from: "FILE:LINE: KEY", a variable or a flag.
  std::map<std::string, std::string> origins;
  std::string file;     // named by --config or its variable; empty: none
  bool is_read = true;  // false: the file could have named any setting
};

// `arguments` with `--name=value` for each setting of file and variables after the verb, which has
// `verb_words` words. Each wrong value is a fault, which says where the value came from, and is
// left out of the arguments.
Layers Layered(const std::vector<std::string>& arguments, size_t verb_words,
               const Environment& environment);

// Warns of variables CONTACTS_… that are not settings. `names`: all variables that are set.
Findings UnknownVariables(const std::vector<std::string>& names);

}  // namespace contacts::cli
