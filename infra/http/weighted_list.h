// A list of choices with weights (RFC 9110, 12.4.2), as Accept and Accept-Encoding hold it. Pure;
// any thread.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

namespace contacts::http {

// One member of the list: `gzip;q=0.5`, `text/html;level="1,2"`.
struct Choice {
  std::string_view name;  // without parameters; any bytes
  int weight = 1000;      // in thousandths; 0: not acceptable. A malformed weight counts as 0
  bool is_bare = true;    // it has no parameter other than the weight
};

// All members of all values of the header, in order.
std::vector<Choice> ReadChoices(const std::vector<std::string_view>& values);

// The weight of the member of that name, in any case; of several the greatest. nullopt: none has
// it.
std::optional<int> WeightOf(const std::vector<Choice>& choices, std::string_view name);

}  // namespace contacts::http
