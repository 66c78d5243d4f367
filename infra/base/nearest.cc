#include "infra/base/nearest.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace contacts {
namespace {

constexpr size_t kMostBytes = 64;
constexpr size_t kShortestBeginning = 3;

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return lower;
}

// How many steps lead from one text to the other.
size_t Steps(const std::string& from, const std::string& to) {
  std::vector<size_t> before_last(to.size() + 1);
  std::vector<size_t> last(to.size() + 1);
  std::vector<size_t> now(to.size() + 1);
  for (size_t j = 0; j <= to.size(); ++j) now[j] = j;
  for (size_t i = 1; i <= from.size(); ++i) {
    std::swap(before_last, last);
    std::swap(last, now);
    now[0] = i;
    for (size_t j = 1; j <= to.size(); ++j) {
      const size_t other = from[i - 1] == to[j - 1] ? 0 : 1;
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + other});
      const bool swapped = i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
      if (swapped) now[j] = std::min(now[j], before_last[j - 2] + 1);
    }
  }
  return now.back();
}

}  // namespace

Nearest::Nearest(std::string_view typed) {
  if (typed.size() > kMostBytes) return;
  typed_ = Lower(typed);
  least_ = std::max<size_t>(1, typed_.size() / 3) + 1;
}

void Nearest::Offer(std::string_view known) {
  if (typed_.empty() || known.size() > kMostBytes || least_ == 0) return;
  const std::string name = Lower(known);
  const bool begins = typed_.size() >= kShortestBeginning && name.starts_with(typed_);
  const size_t longer = std::max(name.size(), typed_.size()) - std::min(name.size(), typed_.size());
  if (!begins && longer >= least_) return;
  const size_t steps = std::min(Steps(typed_, name), begins ? size_t{1} : kMostBytes);
  if (steps >= least_) return;
  least_ = steps;
  found_ = known;
}

std::string Nearest::Question() const {
  return found_.empty() ? "" : "; did you mean '" + found_ + "'?";
}

}  // namespace contacts
