// Tests eight bytes in one step (SWAR), for scans over texts in which nearly every byte needs no
// further attention.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace contacts {

class EightBytes {
 public:
  static constexpr size_t kSize = 8;

  // Reads the eight bytes at `text`.
  explicit EightBytes(const char* text) { std::memcpy(&bytes_, text, kSize); }

  // Whether any of the eight bytes is below `limit` (at most 0x80), or is `c`. Subtraction borrows
  // across bytes, so a hit does not tell which byte it is.
  bool HasBelow(unsigned char limit) const { return AnyBelow(bytes_, limit); }
  bool Has(char c) const { return AnyBelow(bytes_ ^ (kEach * static_cast<unsigned char>(c)), 1); }
  // Whether all stand for themselves in a JSON string, of text that is UTF-8.
  bool ArePlainInJson() const { return !HasBelow(0x20) && !Has('"') && !Has('\\'); }
  // Whether all are ASCII, and none is a control character below 0x20, `a` or `b` (both ASCII).
  // Each test is one step shorter than those above, because bytes from 0x80 on fail anyway.
  bool AreAsciiWithout(char a, char b) const {
    const uint64_t not_a = (bytes_ ^ (kEach * static_cast<unsigned char>(a))) - kEach;
    const uint64_t not_b = (bytes_ ^ (kEach * static_cast<unsigned char>(b))) - kEach;
    return ((bytes_ | (bytes_ - kEach * 0x20) | not_a | not_b) & (kEach * 0x80)) == 0;
  }

 private:
  static constexpr uint64_t kEach = 0x0101010101010101;
  static bool AnyBelow(uint64_t bytes, unsigned char limit) {
    return ((bytes - kEach * limit) & ~bytes & (kEach * 0x80)) != 0;
  }
  uint64_t bytes_ = 0;
};

}  // namespace contacts
