#include "infra/base/natural_order.h"

#include <algorithm>
#include <cstddef>

#include "events/values/ascii.h"

namespace contacts {
namespace {

unsigned char Folded(char c) {
  return static_cast<unsigned char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

// Takes the digits that `text` begins with, without the zeros before them.
std::string_view TakeNumber(std::string_view* text) {
  size_t zeros = 0;
  while (zeros < text->size() && (*text)[zeros] == '0') ++zeros;
  size_t end = zeros;
  while (end < text->size() && IsDigit((*text)[end])) ++end;
  const std::string_view number = text->substr(zeros, end - zeros);
  text->remove_prefix(end);
  return number;
}

// Below 0: `a` is less.
int CompareNumbers(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return a.size() < b.size() ? -1 : 1;
  return a.compare(b);
}

int Compare(std::string_view a, std::string_view b) {
  while (!a.empty() && !b.empty()) {
    if (IsDigit(a.front()) && IsDigit(b.front())) {
      if (const int order = CompareNumbers(TakeNumber(&a), TakeNumber(&b)); order != 0) {
        return order;
      }
      continue;
    }
    const int order = Folded(a.front()) - Folded(b.front());
    if (order != 0) return order;
    a.remove_prefix(1);
    b.remove_prefix(1);
  }
  return static_cast<int>(!a.empty()) - static_cast<int>(!b.empty());
}

}  // namespace

bool NaturallyBefore(std::string_view a, std::string_view b) {
  const int order = Compare(a, b);
  return order != 0 ? order < 0 : a < b;
}

}  // namespace contacts
