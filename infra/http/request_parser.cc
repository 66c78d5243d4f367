#include "infra/http/request_parser.h"

#include <algorithm>
#include <utility>

#include "infra/http/text.h"

namespace contacts::http {

RequestParser::RequestParser(ParserLimits limits)
    : limits_(limits), chunks_(limits.max_body_bytes, limits.max_head_bytes) {}

RequestParser::Step RequestParser::Refuse(Refusal refusal) {
  refused_ = true;
  refusal_ = std::move(refusal);
  return Step::kRefused;
}

void RequestParser::Forget() {
  Free(&request_);
  Free(&line_);
  Free(&guard_);
  chunks_.Forget();
}

RequestParser::Step RequestParser::Feed(std::string_view* input) {
  if (refused_) return Step::kRefused;
  if (phase_ == Phase::kBody) return FeedBody(input);
  while (!input->empty()) {
    // TakeHeadByte judges the byte that makes the head too long.
    const size_t room = limits_.max_head_bytes - guard_.text().size();
    if (const size_t plain = guard_.TakePlain(input->substr(0, room)); plain > 0) {
      phase_ = Phase::kHead;
      input->remove_prefix(plain);
      continue;
    }
    const char c = input->front();
    input->remove_prefix(1);
    const Step step = TakeHeadByte(c);
    if (step != Step::kMore) return step;
  }
  return Step::kMore;
}

RequestParser::Step RequestParser::TakeHeadByte(char c) {
  const LineGuard::Step step = guard_.Take(c);
  phase_ = Phase::kHead;
  if (step == LineGuard::Step::kRefused) return Refuse({400, guard_.fault()});
  if (guard_.text().size() > limits_.max_head_bytes) {
    if (fields_begin_ > 0) {
      return Refuse({431, "the header fields are longer than " +
                              std::to_string(limits_.max_head_bytes) + " bytes"});
    }
    return Refuse({414, "the request line is longer than " +
                            std::to_string(limits_.max_head_bytes) + " bytes"});
  }
  return step == LineGuard::Step::kLine ? TakeHeadLine() : Step::kMore;
}

RequestParser::Step RequestParser::TakeHeadLine() {
  const std::string_view line = guard_.line();
  if (fields_begin_ == 0) {
    if (line.empty() && !skipped_empty_line_) {  // RFC 9112, 2.2: one of these is ignored
      skipped_empty_line_ = true;
      guard_.Clear();
      phase_ = Phase::kBetween;
      return Step::kMore;
    }
    if (auto refusal = ReadRequestLine(line, &line_)) return Refuse(std::move(*refusal));
    guard_.Next();
    fields_begin_ = guard_.text().size();
    return Step::kMore;
  }
  if (line.empty()) return FinishHead();
  if (auto refusal = CheckFieldLine(line)) return Refuse(std::move(*refusal));
  if (++field_count_ > limits_.max_fields) {
    return Refuse({431, "more than " + std::to_string(limits_.max_fields) + " header fields"});
  }
  guard_.Next();
  return Step::kMore;
}

RequestParser::Step RequestParser::FeedBody(std::string_view* input) {
  if (chunked_) {
    if (input->empty()) return Step::kMore;
    const ChunkedBody::Step step = chunks_.Feed(input, &request_.body);
    if (step == ChunkedBody::Step::kRefused) return Refuse(chunks_.refusal());
    return step == ChunkedBody::Step::kDone ? FinishRequest() : Step::kMore;
  }
  const size_t n = static_cast<size_t>(std::min<uint64_t>(left_, input->size()));
  request_.body.append(input->substr(0, n));
  input->remove_prefix(n);
  left_ -= n;
  return left_ == 0 ? FinishRequest() : Step::kMore;
}

RequestParser::Step RequestParser::FinishRequest() {
  phase_ = Phase::kBetween;
  skipped_empty_line_ = false;
  guard_.Clear();
  fields_begin_ = 0;
  field_count_ = 0;
  if (line_.target.capacity() > kKeptBytes) Free(&line_.target);
  line_ = RequestLine{};  // a refusal of the next request must not use this method
  return Step::kRequest;
}

}  // namespace contacts::http
