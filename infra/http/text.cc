#include "infra/http/text.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "events/values/ascii.h"
#include "events/values/eight_bytes.h"
#include "events/values/utf8.h"

namespace contacts::http {
namespace {

constexpr std::array<bool, 256> MakeTokenChars() {
  std::array<bool, 256> chars{};
  for (char c = '0'; c <= '9'; ++c) chars[static_cast<unsigned char>(c)] = true;
  for (char c = 'a'; c <= 'z'; ++c) chars[static_cast<unsigned char>(c)] = true;
  for (char c = 'A'; c <= 'Z'; ++c) chars[static_cast<unsigned char>(c)] = true;
  for (const char c :
       {'!', '#', '$', '%', '&', '\'', '*', '+', '-', '.', '^', '_', '`', '|', '~'}) {
    chars[static_cast<unsigned char>(c)] = true;
  }
  return chars;
}
constexpr std::array<bool, 256> kTokenChars = MakeTokenChars();

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

}  // namespace

bool IsTokenChar(char c) { return kTokenChars[static_cast<unsigned char>(c)]; }

bool IsControl(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

size_t PlainPrefix(std::string_view text) {
  size_t count = 0;
  while (text.size() - count >= EightBytes::kSize) {
    const EightBytes bytes(text.data() + count);
    // HTAB is below 0x20, too, but is not a control character here.
    if (bytes.HasBelow(0x20) || bytes.Has('\x7f')) {
      const auto* const begin = text.data() + count;
      const auto* const end = begin + EightBytes::kSize;
      if (const auto* const found = std::find_if(begin, end, IsControl); found != end) {
        return static_cast<size_t>(found - text.data());
      }
    }
    count += EightBytes::kSize;
  }
  while (count < text.size() && !IsControl(text[count])) ++count;
  return count;
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), IsTokenChar);
}

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(),
                                            [](char x, char y) { return Lower(x) == Lower(y); });
}

std::vector<std::string_view> Split(std::string_view text, char separator, Quotes quotes) {
  std::vector<std::string_view> parts;
  bool quoted = false;
  size_t begin = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (quotes != Quotes::kOrdinary && text[i] == '"') {
      quoted = !quoted;
    } else if (quoted && quotes == Quotes::kHideMore && text[i] == '\\') {
      ++i;
    } else if (!quoted && text[i] == separator) {
      parts.push_back(TrimSpace(text.substr(begin, i - begin)));
      begin = i + 1;
    }
  }
  parts.push_back(TrimSpace(text.substr(begin)));
  return parts;
}

std::vector<std::string_view> ListElements(std::string_view value, Quotes quotes) {
  std::vector<std::string_view> elements = Split(value, ',', quotes);
  std::erase_if(elements, [](std::string_view element) { return element.empty(); });
  return elements;
}

std::string Shortened(std::string_view text, size_t most) {
  if (text.size() <= most) return std::string(text);
  size_t end = 0;
  for (size_t next = 0; next <= most; next += std::max<size_t>(Utf8Length(text.substr(next)), 1)) {
    end = next;
  }
  return std::string(text.substr(0, end)) + "…";
}

}  // namespace contacts::http
