// Bytes in, complete requests out, whatever pieces the bytes come in. One per connection, used by
// one thread. Line ends, the request line and chunks are read by our own strict guards; the header
// fields and what they say about framing and keep-alive by http-parser.
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
  // kHead: the head is complete and valid; the body follows (perhaps none): feed on.
  // kRequest: request() is complete. kRefused: refusal() says why; nothing more is read.
  enum class Step { kMore, kHead, kRequest, kRefused };
  // Where the next byte belongs: between requests, in a head, in a body.
  enum class Phase { kBetween, kHead, kBody };

  explicit RequestParser(ParserLimits limits);

  // Takes bytes from the front of *input until there is something to say.
  Step Feed(std::string_view* input);

  // Frees what it keeps; Feed is not called any more.
  void Forget();

  // After kHead: the fields that the message itself says; client, proxies and ids are not its part.
  Request& request() { return request_; }
  const Refusal& refusal() const { return refusal_; }
  Phase phase() const { return phase_; }
  // After kHead; also after a refusal, as far as it was read.
  const std::string& method() const { return line_.method; }
  // The first Origin among the fields that were read of it; nullopt: none.
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
  std::string good_host_;  // of the last request: mostly the next one's, too
  Refusal refusal_{};
  bool keep_alive_ = false;
  bool expects_continue_ = false;
  bool chunked_ = false;
  bool has_length_ = false;
  uint64_t left_ = 0;  // of a body with Content-Length
  ChunkedBody chunks_;
};

}  // namespace contacts::http
