#include "command/email_rule.h"

#include <algorithm>
#include <cstddef>

#include "events/values/ascii.h"

namespace contacts {
namespace {

bool IsLocal(char c) {
  return IsAlphanumeric(c) ||
         std::string_view(".!#$%&'*+/=?^_`{|}~-").find(c) != std::string_view::npos;
}

bool IsLabel(std::string_view label) {
  return !label.empty() && label.size() <= 63 && IsAlphanumeric(label.front()) &&
         IsAlphanumeric(label.back()) && std::all_of(label.begin(), label.end(), [](char c) {
           return IsAlphanumeric(c) || c == '-';
         });
}

}  // namespace

bool IsEmail(std::string_view text) {
  const size_t at = text.find('@');
  if (at == std::string_view::npos || at == 0) return false;
  if (!std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), IsLocal))
    return false;
  std::string_view domain = text.substr(at + 1);
  for (;;) {
    const size_t dot = domain.find('.');
    if (!IsLabel(domain.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    domain.remove_prefix(dot + 1);
  }
}

std::optional<size_t> FirstWrongInEmail(std::string_view text) {
  const size_t at = std::min(text.find('@'), text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool fits = i < at ? IsLocal(c) : i == at || IsAlphanumeric(c) || c == '-' || c == '.';
    if (!fits) return i;
  }
  return std::nullopt;
}

}  // namespace contacts
