// A table in the terminal: columns as wide as their widest cell, by code points.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace contacts::cli {

class TextTable {
 public:
  explicit TextTable(std::vector<std::string> headings) { rows_.push_back(std::move(headings)); }

  void Add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

  // No line ends in a space.
  std::string Text() const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace contacts::cli
