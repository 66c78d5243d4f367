// The layers of settings: the file, then the variables, then what was typed; the last one counts.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "infra/base/finding.h"

namespace contacts::cli {

// A variable's value; empty: not set.
using Environment = std::function<std::string(const std::string&)>;

struct Layers {
  std::vector<std::string> arguments;
  Findings faults;
  std::set<std::string> unusable;  // settings whose value is not known because of a fault
  // Where the value of a setting came from: "FILE:LINE: KEY", a variable or a flag.
  std::map<std::string, std::string> origins;
  std::string file;     // that --config or its variable names; empty: none
  bool is_read = true;  // false: the file could have named any setting
};

// `arguments` with `--name=value` for each setting of file and variables behind the verb, which has
// `verb_words` words. All values that are wrong are faults, which say where they came from, and are
// left out of the arguments.
Layers Layered(const std::vector<std::string>& arguments, size_t verb_words,
               const Environment& environment);

// Warns of the variables CONTACTS_… that are no settings. `names`: of all variables that are set.
Findings UnknownVariables(const std::vector<std::string>& names);

}  // namespace contacts::cli
