// Guesses the name that somebody mistyped.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace contacts {

// Takes the known names one after the other and keeps the one that is nearest to what was typed: by
// the letters that are missing, too many, others or swapped (optimal string alignment), whatever
// their case in ASCII. A name that what was typed begins counts as near, too.
class Nearest {
 public:
  explicit Nearest(std::string_view typed);

  void Offer(std::string_view known);

  // Empty: none is near.
  const std::string& found() const { return found_; }
  // "; did you mean 'user'?", or nothing.
  std::string Question() const;

 private:
  std::string typed_;  // in lower case; empty: too long for anybody to have meant a name
  size_t least_ = 0;   // a name must be nearer than this
  std::string found_;
};

}  // namespace contacts
