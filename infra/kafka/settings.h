// The keys of librdkafka that the operator chose, and those that are not his to choose.
//
//   file of --kafka-config: lines `key=value`; empty lines and lines that begin with # are skipped
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "events/values/result.h"

namespace contacts::kafka {

using Settings = std::map<std::string, std::string>;

// What a text says, and all that is wrong with it: a line that is none, a key that librdkafka does
// not know, its value when that is wrong, a key that is forced. Without `bootstrap.servers` nothing
// could be reached: a fault.
struct ParsedSettings {
  struct Fault {
    int line = 0;  // 0: of the whole
    std::string what;
  };
  Settings settings;
  std::vector<Fault> faults;
  std::vector<Fault> doubles;  // keys that were given before: the last one counts
};
ParsedSettings ParseAll(std::string_view text);

// The errors have all faults, with their lines.
Result<Settings> ParseSettings(std::string_view text);
Result<Settings> ReadSettings(const std::string& path);

}  // namespace contacts::kafka
