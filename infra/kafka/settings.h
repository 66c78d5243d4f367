// The keys of librdkafka that the operator chose, and those that are not his to choose.
//
//   file of --kafka-config: lines `key=value`; empty lines and lines that begin with # are skipped
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "events/values/result.h"

namespace contacts::kafka {

using Settings = std::map<std::string, std::string>;

// The error names the line that is none, the key that librdkafka does not know, its value when that
// is wrong, or a key that is forced. Without `bootstrap.servers` nothing could be reached: an
// error.
Result<Settings> ParseSettings(std::string_view text);
Result<Settings> ReadSettings(const std::string& path);

}  // namespace contacts::kafka
