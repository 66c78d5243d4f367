// The file that --config names, read line by line, so that each fault can name its line.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "infra/base/finding.h"

namespace contacts::cli {

// The part that all these faults name.
inline constexpr const char* kConfiguration = "configuration";

struct SettingsFile {
  struct Value {
    std::string name;
    std::string text;
    std::string where;  // "FILE:LINE"
  };
  std::vector<Value> values;  // of known settings only
  Findings faults;
  std::set<std::string> unusable;  // settings whose value the faults hide
  bool is_read = true;             // false: the file could not be read
};

// TOML or INI, as CLI11 reads it, without sections. A key that is not a setting, a key that is
// given twice, a section and a setting without its value are faults, and so is a file that is not
// text.
SettingsFile ReadSettingsFile(const std::string& path);

}  // namespace contacts::cli
