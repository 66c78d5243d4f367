// Guesses the name that was meant by a mistyped one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace contacts {

// Takes the known names one after the other and keeps the one nearest to the typed text, by the
// number of letters that are missing, added, replaced or swapped (optimal string alignment),
// regardless of ASCII case. A name that begins with the typed text is near, too.
class Nearest {
 public:
  explicit Nearest(std::string_view typed);

  void Offer(std::string_view known);

  // Empty: none is near.
  const std::string& found() const { return found_; }
  // "; did you mean 'user'?", or nothing.
  std::string Question() const;

 private:
  std::string typed_;  // in lower case; empty: too long to be a name
  size_t least_ = 0;   // a name must be nearer than this
  std::string found_;
};

}  // namespace contacts
