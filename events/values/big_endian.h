// Integers as bytes, the most significant first, so that rows stand in the order of their numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace contacts {

// Appends the lowest `bytes` bytes of `number`; 1 to 8.
inline void AppendBigEndian(uint64_t number, int bytes, std::string* out) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8) {
    out->push_back(static_cast<char>(number >> shift));
  }
}

// The number that `bytes` hold; of more than 8, the last 8 count.
inline uint64_t FromBigEndian(std::string_view bytes) {
  uint64_t number = 0;
  for (const char c : bytes) number = number << 8 | static_cast<uint8_t>(c);
  return number;
}

}  // namespace contacts
