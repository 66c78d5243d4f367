// Takes apart a chunked body (RFC 9112, 7.1):
//
//   chunk   = 1*HEXDIG [ ";" extension ] CRLF  bytes  CRLF
//   body    = *chunk  1*"0" [ ";" extension ] CRLF  *( trailer CRLF )  CRLF
//
// Extensions and trailers are checked, bounded and left out. The packaged http-parser is built
// lenient here (it does not check the line ends around a chunk), so we have a parser of our own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "infra/http/head_lines.h"

namespace contacts::http {

class ChunkedBody {
 public:
  enum class Step { kMore, kDone, kRefused };

  // `max_body` bounds the joined chunks (413), `max_lines` a size line and all trailers (431).
  ChunkedBody(size_t max_body, size_t max_lines) : max_body_(max_body), max_lines_(max_lines) {}

  // Takes bytes from the front of *input and appends the chunks' content to *body. After kDone it
  // is ready for the next body.
  Step Feed(std::string_view* input, std::string* body);
  // Frees its memory; Feed must not be called afterwards.
  void Forget() { lines_.Clear(); }
  const Refusal& refusal() const { return refusal_; }

 private:
  enum class Part { kSize, kBytes, kBytesCr, kBytesLf, kTrailer };
  Step Refuse(int status, std::string message);
  Step TakeSizeLine(size_t body_size);
  Step TakeLineByte(char c, size_t body_size);
  Step TakeAfterChunk(char c);

  const size_t max_body_;
  const size_t max_lines_;
  Part part_ = Part::kSize;
  uint64_t left_ = 0;
  LineGuard lines_;
  Refusal refusal_{};
};

}  // namespace contacts::http
