// Joins texts that were compressed separately before into one gzip file (RFC 1952) of one member,
// without compressing anything again.
//
//   file = header (10 bytes) · part … · last · CRC-32 · length mod 2^32, both little endian
//   part = deflate blocks (RFC 1951) that end on a byte and refer to nothing before (a full flush)
//   last = the final block: the text that ends the file
//
// The file has one member only, because widespread clients stop after the first.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace contacts::query {

// The end of a gzip file, which describes its text.
struct Checksum {
  uint32_t crc = 0;  // CRC-32
  uint64_t length = 0;
};

// The checksum of a text with another one after it.
Checksum Join(const Checksum& first, const Checksum& second);

struct Deflated {
  std::string bytes;
  Checksum text;
};

enum class Flush { kFull, kFinal };

// Throws std::bad_alloc only.
Deflated Deflate(std::string_view text, Flush flush);

// A file consists of this header, parts that were deflated with kFull, and the end: `last` was
// deflated with kFinal, and `parts` is the checksum of all parts.
std::string_view GzipHeader();
std::string GzipEnd(const Checksum& parts, const Deflated& last);

}  // namespace contacts::query
