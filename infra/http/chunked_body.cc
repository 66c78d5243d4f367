#include "infra/http/chunked_body.h"

#include <algorithm>
#include <utility>

#include "events/values/ascii.h"
#include "infra/http/text.h"

namespace contacts::http {

ChunkedBody::Step ChunkedBody::Refuse(int status, std::string message) {
  refusal_ = {status, std::move(message)};
  return Step::kRefused;
}

ChunkedBody::Step ChunkedBody::TakeSizeLine(size_t body_size) {
  const std::string_view line = lines_.line();
  uint64_t size = 0;
  size_t digits = 0;
  for (; digits < line.size() && HexDigit(line[digits]) >= 0; ++digits) {
    // Stops growing far above every limit, so that no number of digits makes it overflow.
    if (size <= max_body_) size = size * 16 + static_cast<uint64_t>(HexDigit(line[digits]));
  }
  const std::string_view rest = TrimSpace(line.substr(digits));
  if (digits == 0 || (!rest.empty() && rest[0] != ';') || (rest.empty() && digits != line.size())) {
    return Refuse(400, "chunked body: malformed chunk size");
  }
  if (size > max_body_ - std::min(max_body_, body_size)) {
    return Refuse(413, "the body is longer than " + std::to_string(max_body_) + " bytes");
  }
  left_ = size;
  part_ = size == 0 ? Part::kTrailer : Part::kBytes;
  lines_.Clear();
  return Step::kMore;
}

ChunkedBody::Step ChunkedBody::TakeLineByte(char c, size_t body_size) {
  const LineGuard::Step step = lines_.Take(c);
  if (step == LineGuard::Step::kRefused) return Refuse(400, "chunked body: " + lines_.fault());
  if (lines_.text().size() > max_lines_) {
    return Refuse(431, "chunked body: a chunk's extension or the trailers are too long");
  }
  if (step != LineGuard::Step::kLine) return Step::kMore;
  if (part_ == Part::kSize) return TakeSizeLine(body_size);
  if (lines_.line().empty()) {
    lines_.Clear();
    part_ = Part::kSize;
    return Step::kDone;
  }
  if (auto refusal = CheckFieldLine(lines_.line())) return Refuse(400, refusal->message);
  lines_.Next();
  return Step::kMore;
}

ChunkedBody::Step ChunkedBody::TakeAfterChunk(char c) {
  if (c != (part_ == Part::kBytesCr ? '\r' : '\n')) {
    return Refuse(400, "chunked body: a chunk is not followed by CRLF");
  }
  part_ = part_ == Part::kBytesCr ? Part::kBytesLf : Part::kSize;
  return Step::kMore;
}

ChunkedBody::Step ChunkedBody::Feed(std::string_view* input, std::string* body) {
  while (!input->empty()) {
    if (part_ == Part::kBytes) {
      const size_t n = static_cast<size_t>(std::min<uint64_t>(left_, input->size()));
      body->append(input->substr(0, n));
      input->remove_prefix(n);
      left_ -= n;
      if (left_ == 0) part_ = Part::kBytesCr;
      continue;
    }
    const char c = input->front();
    input->remove_prefix(1);
    const bool in_line = part_ == Part::kSize || part_ == Part::kTrailer;
    const Step step = in_line ? TakeLineByte(c, body->size()) : TakeAfterChunk(c);
    if (step != Step::kMore) return step;
  }
  return Step::kMore;
}

}  // namespace contacts::http
