// Eight bytes looked at together, for texts of which nearly every byte stands for itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace contacts {

class EightBytes {
 public:
  static constexpr size_t kSize = 8;

  // Of the eight bytes at `text`.
  explicit EightBytes(const char* text) { std::memcpy(&bytes_, text, kSize); }

  // Exact for all eight together; minus one, a byte that is found borrows from its neighbour, so
  // that which of them it is must be looked at singly. `limit`: at most 0x80.
  bool HasBelow(unsigned char limit) const { return AnyBelow(bytes_, limit); }
  bool Has(char c) const { return AnyBelow(bytes_ ^ (kEach * static_cast<unsigned char>(c)), 1); }
  // All are ASCII, none is a control character below 0x20, and none is `a` or `b`, which are ASCII.
  // One step less for each than the above: bytes from 0x80 on need not be told apart.
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
