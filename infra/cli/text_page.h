// Lines for people: labels with text next to them, wrapped.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

namespace contacts::cli {

// The text; characters that steer a terminal and invisible ones are written as "U+001B".
std::string Safe(std::string_view text);
// How many columns a UTF-8 text takes; wide characters, which take two, count as one.
size_t ColumnsOf(std::string_view text);

class TextPage {
 public:
  // The values are the terminal's codes; a page without colour leaves them out.
  enum Color { kPlain = 0, kRed = 31, kGreen = 32, kYellow = 33 };

  TextPage(size_t width, bool colored) : width_(width), colored_(colored) {}

  // Adds `text` next to the label, and below where it does not fit. All text must be Safe.
  void Row(const std::string& label, const std::string& text, Color color = kPlain);
  void Line(const std::string& text, Color color = kPlain);
  std::string Take() { return std::move(text_); }

 private:
  std::string Colored(const std::string& text, Color color) const;
  void Wrap(const std::string& text, size_t indent);

  const size_t width_;
  const bool colored_;
  std::string text_;
};

}  // namespace contacts::cli
