// Joins texts that were compressed once, each for itself, into one gzip file (RFC 1952) of one
// member, without compressing anything again.
//
//   file = header (10 bytes) · part … · last · CRC-32 · length mod 2^32, both little endian
//   part = deflate blocks (RFC 1951) that end on a byte and refer to nothing before (a full flush)
//   last = the final block, of the text that ends the file
//
// One member and not many: widespread clients stop after the first.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace contacts::query {

// Shared and immutable, so that one text serves many answers without a copy.
using Chunk = std::shared_ptr<const std::string>;

struct Deflated {
  Chunk bytes;
  uint32_t crc = 0;     // CRC-32 of the text
  uint64_t length = 0;  // of the text
};

enum class Flush { kFull, kFinal };

// Throws std::bad_alloc only.
Deflated Deflate(std::string_view text, Flush flush);

// `last` was deflated with kFinal, all of `parts` with kFull. In one piece: compressed parts are so
// small that sending many costs more than copying them once.
Chunk JoinGzip(const std::vector<const Deflated*>& parts, const Deflated& last);

}  // namespace contacts::query
