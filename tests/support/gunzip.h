// Reads a gzip file as the strictest client does: one member, and nothing after it.
#pragma once

#include <zlib.h>

#include <optional>
#include <string>
#include <string_view>

namespace contacts {

// nullopt: the file is not exactly one whole member.
inline std::optional<std::string> Gunzip(std::string_view file) {
  z_stream stream{};
  if (inflateInit2(&stream, 15 + 16) != Z_OK) return std::nullopt;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(file.data()));
  stream.avail_in = static_cast<uInt>(file.size());
  std::string text;
  int state = Z_OK;
  while (state == Z_OK) {
    char room[16384];
    stream.next_out = reinterpret_cast<Bytef*>(room);
    stream.avail_out = sizeof room;
    state = inflate(&stream, Z_NO_FLUSH);
    text.append(room, sizeof room - stream.avail_out);
  }
  const bool whole = state == Z_STREAM_END && stream.avail_in == 0;
  inflateEnd(&stream);
  if (!whole) return std::nullopt;
  return text;
}

}  // namespace contacts
