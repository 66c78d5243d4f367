#include "infra/http/text.h"

#include <algorithm>
#include <array>
#include <cstddef>

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

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsAlphanumeric(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

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

std::string_view TrimSpace(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
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

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string Shortened(std::string_view text, size_t most) {
  if (text.size() <= most) return std::string(text);
  size_t end = 0;
  for (size_t next = 0; next <= most; next += std::max<size_t>(Utf8Length(text.substr(next)), 1)) {
    end = next;
  }
  return std::string(text.substr(0, end)) + "…";
}

std::optional<std::string> PercentDecode(std::string_view text, PercentRules rules) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && rules.plus_is_space) {
      out += ' ';
    } else if (text[i] != '%') {
      out += text[i];
    } else {
      if (text.size() - i < 3) return std::nullopt;
      const int high = HexDigit(text[i + 1]);
      const int low = HexDigit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      const char c = static_cast<char>(high * 16 + low);
      if (c == '/' && rules.keep_slash) {
        out.append(text.substr(i, 3));
      } else {
        out += c;
      }
      i += 2;
    }
  }
  return out;
}

}  // namespace contacts::http
