// The first guard: takes the bytes of a head (or of trailers) one by one and lets nothing through
// that RFC 9112 calls invalid, even if a later parser would tolerate it: each line ends with CRLF,
// no other CR, LF or control character, no folded line, `token ":"` with no space before the colon.
// The fault that it finds depends on the bytes alone, never on how they were split into packets.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace contacts::http {

// An idle connection frees the text of a head if its memory is larger.
constexpr size_t kKeptBytes = 2048;

// Why the front itself answers a request, with this status; the connection then closes.
struct Refusal {
  int status;
  std::string message;
};

struct RequestLine {
  std::string method;  // a token
  std::string target;  // not empty; no space, no control character
  int minor = 1;       // of HTTP/1.minor: 0 or 1
};

// `line` without its end. 400 malformed, 505 another version than 1.0 and 1.1.
std::optional<Refusal> ReadRequestLine(std::string_view line, RequestLine* out);

// Checks one header or trailer line without its end; 400.
std::optional<Refusal> CheckFieldLine(std::string_view line);

class LineGuard {
 public:
  enum class Step { kTaken, kLine, kRefused };

  // Takes the bytes before the first one that Take() must check; returns how many it took.
  size_t TakePlain(std::string_view bytes);
  // The next byte. kLine: `line()` is complete.
  Step Take(char c);
  // The text taken since the last Next(), without the line's end.
  std::string_view line() const;
  // All lines of the head so far, with their ends.
  const std::string& text() const { return text_; }
  // Begins the next line.
  void Next() { begin_ = text_.size(); }
  void Clear();
  // True: no byte taken since Clear.
  bool empty() const { return text_.empty(); }
  const std::string& fault() const { return fault_; }

 private:
  std::string text_;
  std::string fault_;
  size_t begin_ = 0;
  bool after_cr_ = false;
};

}  // namespace contacts::http
