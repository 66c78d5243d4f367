#include "infra/cli/text_page.h"

#include <algorithm>

#include "events/values/unicode.h"
#include "events/values/utf8.h"

namespace contacts::cli {
namespace {

constexpr size_t kLabel = 12;

}  // namespace

size_t ColumnsOf(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

std::string Safe(std::string_view text) { return unicode::ShowInvisible(MendUtf8(text)); }

void TextPage::Row(const std::string& label, const std::string& text, Color color) {
  text_ += Colored(label + std::string(kLabel - std::min(kLabel, ColumnsOf(label)), ' '), color);
  Wrap(text, kLabel);
}

void TextPage::Line(const std::string& text, Color color) {
  if (color == kPlain) return Wrap(text, 0);
  text_ += Colored(text, color) + "\n";
}

std::string TextPage::Colored(const std::string& text, Color color) const {
  if (!colored_ || color == kPlain) return text;
  return "\033[" + std::to_string(color) + "m" + text + "\033[0m";
}

// Breaks between words; a word longer than a line goes beyond the edge, so that it can be copied.
void TextPage::Wrap(const std::string& text, size_t indent) {
  size_t column = indent;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(' ', at), text.size());
    const std::string word = text.substr(at, end - at);
    at = end + 1;
    if (column > indent && column + 1 + ColumnsOf(word) > width_) {
      text_ += "\n" + std::string(indent, ' ');
      column = indent;
    }
    if (column > indent) {
      text_ += ' ';
      ++column;
    }
    text_ += word;
    column += ColumnsOf(word);
  }
  text_ += '\n';
}

}  // namespace contacts::cli
