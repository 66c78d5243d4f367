// The layers of settings: the file, then the variables, then what was typed; the last one counts.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace contacts::cli {

// A variable's value; empty: not set.
using Environment = std::function<std::string(const std::string&)>;

// Returns `arguments` with `--name=value` for each setting of file and variables behind the verb,
// which has `verb_words` words. Throws CLI::ParseError for a file that names no setting.
std::vector<std::string> Layered(const std::vector<std::string>& arguments, size_t verb_words,
                                 const Environment& environment);

}  // namespace contacts::cli
