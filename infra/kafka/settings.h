// The keys of librdkafka that the operator chose, and those that cannot be chosen.
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

// The settings in a text and all its faults: a line that is not key=value, a key that librdkafka
// does not know, a wrong value, a key that cannot be chosen, no `bootstrap.servers`.
struct ParsedSettings {
  struct Fault {
    int line = 0;  // 0: the fault has no line
    std::string what;
  };
  Settings settings;
  std::vector<Fault> faults;
  std::vector<Fault> doubles;  // keys that stand twice: the last one counts
};
ParsedSettings ParseAll(std::string_view text);

// The error holds all faults, with their lines.
Result<Settings> ParseSettings(std::string_view text);
Result<Settings> ReadSettings(const std::string& path);

}  // namespace contacts::kafka
