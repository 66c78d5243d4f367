// Bytes in, complete requests out, however the bytes are split. One per connection, used by one
// thread. Our own strict guards read line ends, the request line and chunks; http-parser reads the
// header fields and what they say about framing and keep-alive.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "infra/http/chunked_body.h"
#include "infra/http/head_lines.h"
#include "infra/http/message.h"

namespace contacts::http {

struct ParserLimits {
  size_t max_head_bytes;
  size_t max_body_bytes;
  size_t max_fields = 100;
};

class RequestParser {
 public:
  // kHead: the head is complete and valid; call Feed again for the body, which may be empty.
  // kRequest: request() is complete. kRefused: refusal() says why; nothing more is read.
  enum class Step { kMore, kHead, kRequest, kRefused };
  // Where the next byte belongs: between requests, in a head, in a body.
  enum class Phase { kBetween, kHead, kBody };

  explicit RequestParser(ParserLimits limits);

  // Takes bytes from the front of *input until a step is complete, or all of them (kMore).
  Step Feed(std::string_view* input);

  // Frees its memory; Feed must not be called afterwards.
  void Forget();

  // After kHead: the fields that the message itself states; the connection sets client and ids.
  Request& request() { return request_; }
  const Refusal& refusal() const { return refusal_; }
  Phase phase() const { return phase_; }
  // Known after kHead; after a refusal "", unless the method was read before.
  const std::string& method() const { return line_.method; }
  // The first Origin among the header lines read so far; nullopt: none.
  std::optional<std::string_view> origin() const;
  int minor() const { return line_.minor; }
  bool keep_alive() const { return keep_alive_; }
  bool expects_continue() const { return expects_continue_; }

 private:
  struct FieldReader;

  Step Refuse(Refusal refusal);
  Step TakeHeadByte(char c);
  Step TakeHeadLine();
  Step FinishHead();
  Step FeedBody(std::string_view* input);
  Step FinishRequest();
  std::optional<Refusal> ReadFields();
  std::optional<Refusal> CheckTransferCoding();
  std::optional<Refusal> CheckHost();
  std::optional<Refusal> CheckBody();
  std::optional<Refusal> CheckExpectation();

  const ParserLimits limits_;
  Phase phase_ = Phase::kBetween;
  bool refused_ = false;
  bool skipped_empty_line_ = false;
  LineGuard guard_;
  size_t fields_begin_ = 0;  // in the guard's text: where the line after the request line begins
  size_t field_count_ = 0;
  RequestLine line_;
  Request request_;
  std::string good_host_;  // of the last request; mostly the next has the same
  Refusal refusal_{};
  bool keep_alive_ = false;
  bool expects_continue_ = false;
  bool chunked_ = false;
  bool has_length_ = false;
  uint64_t left_ = 0;  // of a body with Content-Length
  ChunkedBody chunks_;
};

}  // namespace contacts::http
