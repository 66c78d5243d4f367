#include "infra/api/quoted_text.h"

namespace contacts::api {

std::string_view Unquote(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return text;
  return text.substr(1, text.size() - 2);
}

std::optional<std::string> ReadQuotedString(std::string_view text) {
  if (text.size() < 2 || text.front() != '"') return std::nullopt;
  std::string out;
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') return i + 1 == text.size() ? std::optional(out) : std::nullopt;
    if (text[i] == '\\' && (++i == text.size() || (text[i] != '"' && text[i] != '\\'))) {
      return std::nullopt;
    }
    if (text[i] < 0x20 || text[i] > 0x7e) return std::nullopt;
    out.push_back(text[i]);
  }
  return std::nullopt;
}

}  // namespace contacts::api
