// Lines of a list, sorted by name in the natural order.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "infra/base/natural_order.h"

namespace contacts::ops {

class NamedLines {
 public:
  void Add(std::string name, std::string line) {
    lines_.emplace_back(std::move(name), std::move(line));
  }

  std::string InOrder() {
    std::stable_sort(lines_.begin(), lines_.end(), [](const auto& a, const auto& b) {
      return NaturallyBefore(a.first, b.first);
    });
    std::string text;
    for (const auto& [name, line] : lines_) text += line;
    return text;
  }

 private:
  std::vector<std::pair<std::string, std::string>> lines_;
};

}  // namespace contacts::ops
