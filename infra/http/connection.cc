#include "infra/http/connection.h"

#include <algorithm>
#include <array>
#include <exception>

#include "infra/http/trace.h"
#include "infra/log.h"

namespace contacts::http {
namespace {

constexpr auto kLinger = std::chrono::seconds(2);
constexpr size_t kMaxParts = 64;  // of one write; IOV_MAX is 1024

const Chunk& ContinueBytes() {
  static const Chunk bytes = std::make_shared<const std::string>("HTTP/1.1 100 Continue\r\n\r\n");
  return bytes;
}

void LogAccess(const RequestSummary& summary, const AnswerContext& context,
               const Response& response) {
  const auto took = std::chrono::steady_clock::now() - summary.started;
  log::Info(
      "request",
      {{"method", summary.method},
       {"path", summary.path},
       {"status", std::to_string(response.status)},
       {"bytes", std::to_string(BodySize(response))},
       {"us", std::to_string(std::chrono::duration_cast<std::chrono::microseconds>(took).count())},
       {"client", summary.client_address},
       {"request_id", context.request_id},
       {"traceparent", summary.traceparent}});
}

}  // namespace

Responder::Target::Target(std::shared_ptr<Connection> connection, uint64_t number)
    : connection_(std::move(connection)), number_(number) {}

Responder::Target::~Target() {
  if (!sent_) Send(ErrorResponse(500, "the request was left without an answer"));
}

void Responder::Target::Send(Response response) {
  if (!sent_.exchange(true)) connection_->Answer(number_, std::move(response));
}

Connection::Connection(std::shared_ptr<Front> front, std::shared_ptr<Surroundings> surroundings,
                       std::unique_ptr<Wire> wire, IpAddress peer)
    : front_(std::move(front)),
      surroundings_(std::move(surroundings)),
      wire_(std::move(wire)),
      peer_(peer),
      parser_({front_->options.max_head_bytes, front_->options.max_body_bytes}),
      phase_since_(Clock::now()) {}

void Connection::Input(std::string_view bytes) {
  std::string joined;
  if (!leftover_.empty()) {
    joined.swap(leftover_);
    joined.append(bytes);
    bytes = joined;
  }
  {
    const std::lock_guard lock(mutex_);
    has_leftover_ = false;
    if (closed_ || deaf_) return;
    corked_ = true;
  }
  const bool new_request = Consume(&bytes);
  const std::lock_guard lock(mutex_);
  corked_ = false;
  if (!deaf_) leftover_.assign(bytes);
  has_leftover_ = !leftover_.empty();
  if (new_request || phase_ != parser_.phase()) phase_since_ = Clock::now();
  phase_ = parser_.phase();
  AdvanceLocked();
  FlushLocked();
}

// True: a request was completed. What is left in *input found no room.
bool Connection::Consume(std::string_view* input) {
  bool completed = false;
  for (;;) {
    if (parser_.phase() == RequestParser::Phase::kBetween) {
      const std::lock_guard lock(mutex_);
      if (deaf_ || !HasRoomLocked()) return completed;
    }
    switch (parser_.Feed(input)) {
      case RequestParser::Step::kMore:
        return completed;
      case RequestParser::Step::kHead:
        if (!OpenSlot()) return completed;
        break;
      case RequestParser::Step::kRequest:
        Dispatch();
        completed = true;
        break;
      case RequestParser::Step::kRefused: {
        const std::lock_guard lock(mutex_);
        if (!deaf_) RefuseLocked(parser_.refusal(), parser_.method());
        return completed;
      }
    }
  }
}

bool Connection::OpenSlot() {
  Request& request = parser_.request();
  front_->trusted.Apply(peer_, &request);
  const std::string_view id = request.Find("X-Request-Id").value_or("");
  request.request_id = IsRequestId(id) ? std::string(id) : MakeRequestId();
  const std::vector<std::string_view> traces = request.FindAll("traceparent");
  if (traces.size() == 1 && IsTraceparent(traces[0])) request.traceparent = traces[0];
  Slot slot;
  slot.context = {.head_only = request.method == "HEAD",
                  .minor = parser_.minor(),
                  .close = !parser_.keep_alive(),
                  .request_id = request.request_id};
  slot.summary = {request.method, request.path, request.client_address, request.traceparent,
                  Clock::now()};
  slot.wants_continue = parser_.expects_continue();
  const std::lock_guard lock(mutex_);
  if (closed_ || deaf_) return false;
  reading_ = first_number_ + slots_.size();
  slots_.push_back(std::move(slot));
  ++under_way_;
  ++front_->under_way;
  return true;
}

void Connection::Dispatch() {
  {
    const std::lock_guard lock(mutex_);
    // Gone or answered (408) while the last bytes of its body came in.
    if (closed_ || deaf_) return;
    Slot& slot = slots_[reading_ - first_number_];
    slot.dispatched = true;
    slot.summary.started = Clock::now();
    deaf_ = slot.context.close;
  }
  const auto target = std::make_shared<Responder::Target>(shared_from_this(), reading_);
  std::string request_id = parser_.request().request_id;
  std::string fault;
  try {
    front_->router.Dispatch(std::move(parser_.request()), Responder(target));
    return;
  } catch (const std::exception& error) {
    fault = error.what();
  } catch (...) {
    fault = "no std::exception";
  }
  log::Error("a handler failed", {{"request_id", std::move(request_id)}, {"error", fault}});
  target->Send(ErrorResponse(500, "the request could not be answered"));
}

bool Connection::WantsInput() {
  for (;;) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_) return false;
      if (!HasRoomLocked()) {
        paused_ = true;
        return false;
      }
      if (!has_leftover_) return !input_ended_;
    }
    Input({});
  }
}

bool Connection::InputEnded() {
  const std::lock_guard lock(mutex_);
  input_ended_ = true;
  return closed_ || lingering_ || QuietLocked();
}

void Connection::Closed() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  deaf_ = true;
  DropLocked();
}

bool Connection::Pump() {
  const std::lock_guard lock(mutex_);
  if (closed_ || !blocked_) return true;
  if (!WriteLocked()) return false;
  blocked_ = false;
  AllWrittenLocked();
  return true;
}

void Connection::Answer(uint64_t number, Response response) {
  const std::lock_guard lock(mutex_);
  if (closed_ || number < first_number_ || number - first_number_ >= slots_.size()) return;
  Slot& slot = slots_[number - first_number_];
  if (slot.answered) return;
  AnswerLocked(slot, std::move(response));
  AdvanceLocked();
  FlushLocked();
}

void Connection::AnswerLocked(Slot& slot, Response response) {
  if (!IsSendable(response)) {
    log::Error("an answer has a header that cannot be sent",
               {{"request_id", slot.context.request_id}});
    response = ErrorResponse(500, "the request could not be answered");
  }
  if (front_->draining && &slot == &slots_.back()) slot.context.close = deaf_ = true;
  slot.out.push_back(std::make_shared<const std::string>(AnswerHead(response, slot.context)));
  if (front_->options.access_log) LogAccess(slot.summary, slot.context, response);
  if (front_->options.answered) {
    front_->options.answered(slot.summary.method, slot.summary.path, response.status,
                             Clock::now() - slot.summary.started);
  }
  if (!slot.context.head_only && HasBody(response.status)) {
    for (Chunk& chunk : response.body) {
      if (!chunk->empty()) slot.out.push_back(std::move(chunk));
    }
  }
  slot.answered = true;
}

// Answers what is being read, or what could not be read, and ends reading.
void Connection::RefuseLocked(const Refusal& refusal, std::string_view method) {
  if (slots_.empty() || slots_.back().dispatched || slots_.back().answered) {
    Slot slot;
    slot.context = {.head_only = method == "HEAD", .request_id = MakeRequestId()};
    slot.summary = {std::string(method), "", peer_.Text(), "", Clock::now()};
    slots_.push_back(std::move(slot));
    ++under_way_;
    ++front_->under_way;
  }
  deaf_ = true;
  slots_.back().context.close = true;
  AnswerLocked(slots_.back(), ErrorResponse(refusal.status, refusal.message));
}

void Connection::TurnAway() {
  const std::lock_guard lock(mutex_);
  RefuseLocked({503, "too many connections"}, "");
  AdvanceLocked();
  FlushLocked();
}

void Connection::CloseIfIdle() {
  const std::lock_guard lock(mutex_);
  if (closed_ || !QuietLocked() || phase_ != RequestParser::Phase::kBetween || corked_) return;
  deaf_ = true;
  wire_->Shut();
}

void Connection::AnswerLateLocked(Clock::time_point now) {
  for (Slot& slot : slots_) {
    if (slot.dispatched && !slot.answered &&
        now - slot.summary.started > front_->options.answer_timeout) {
      Response response = ErrorResponse(503, "the answer was not ready in time");
      response.headers.push_back({"Retry-After", "1"});
      AnswerLocked(slot, std::move(response));
    }
  }
}

void Connection::Expire(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  if (closed_ || corked_) return;  // corked: it is busy with input this very moment
  const ServerOptions& options = front_->options;
  if (blocked_ && now - progress_ > options.write_timeout) return wire_->Abort();
  if (lingering_ && now - progress_ > kLinger) return wire_->Shut();
  AnswerLateLocked(now);
  const auto waited = now - phase_since_;
  if (!deaf_ && !paused_) {
    if (phase_ == RequestParser::Phase::kHead && waited > options.head_timeout) {
      RefuseLocked({408, "the head of the request took too long"}, "");
    } else if (phase_ == RequestParser::Phase::kBody && waited > options.body_timeout) {
      RefuseLocked({408, "the body of the request took too long"}, "");
    } else if (phase_ == RequestParser::Phase::kBetween && QuietLocked() &&
               waited > options.idle_timeout) {
      wire_->Shut();
    }
  }
  AdvanceLocked();
  FlushLocked();
}

// Moves the answers whose turn has come to where they are written from.
void Connection::AdvanceLocked() {
  while (!slots_.empty()) {
    Slot& slot = slots_.front();
    if (slot.wants_continue) out_.push_back({ContinueBytes(), 0, false});
    slot.wants_continue = false;
    if (!slot.answered) return;
    for (Chunk& chunk : slot.out) out_.push_back({std::move(chunk), 0, false});
    out_.back().ends_answer = true;
    slots_.pop_front();
    ++first_number_;
  }
}

void Connection::FlushLocked() {
  if (closed_ || corked_ || blocked_ || out_.empty()) return;
  if (WriteLocked()) return AllWrittenLocked();
  blocked_ = true;
  progress_ = Clock::now();
  surroundings_->WhenWritable(shared_from_this());
}

// True: nothing waits.
bool Connection::WriteLocked() {
  while (!out_.empty()) {
    std::array<iovec, kMaxParts> parts;
    size_t count = 0;
    size_t total = 0;
    for (const Piece& piece : out_) {
      if (count == kMaxParts) break;
      const std::string_view rest = std::string_view(*piece.bytes).substr(piece.written);
      parts[count++] = {const_cast<char*>(rest.data()), rest.size()};
      total += rest.size();
    }
    const ssize_t taken = wire_->Write(parts.data(), static_cast<int>(count));
    if (taken < 0) {
      deaf_ = true;
      DropLocked();
      wire_->Shut();
      return true;
    }
    TakenLocked(static_cast<size_t>(taken));
    if (static_cast<size_t>(taken) < total) return false;
  }
  return true;
}

void Connection::TakenLocked(size_t bytes) {
  if (blocked_ && bytes > 0) progress_ = Clock::now();
  while (bytes > 0) {
    Piece& piece = out_.front();
    const size_t left = piece.bytes->size() - piece.written;
    if (bytes < left) {
      piece.written += bytes;
      return;
    }
    bytes -= left;
    if (piece.ends_answer) FinishedLocked(1);
    out_.pop_front();
  }
}

void Connection::AllWrittenLocked() {
  if (phase_ == RequestParser::Phase::kBetween && !deaf_) phase_since_ = Clock::now();
  if (QuietLocked() && input_ended_) return wire_->Shut();
  if (QuietLocked() && deaf_ && !lingering_) {
    lingering_ = true;
    progress_ = Clock::now();
    wire_->EndWriting();
  }
  if (paused_ && HasRoomLocked()) {
    paused_ = false;
    phase_since_ = Clock::now();
    surroundings_->ReadAgain(shared_from_this());
  }
}

void Connection::DropLocked() {
  slots_.clear();
  out_.clear();
  FinishedLocked(under_way_);
}

void Connection::FinishedLocked(size_t requests) {
  under_way_ -= requests;
  if ((front_->under_way -= requests) == 0 && front_->draining) {
    const std::lock_guard lock(front_->drained_mutex);
    front_->drained.notify_all();
  }
}

bool Connection::HasRoomLocked() const {
  return deaf_ || under_way_ < front_->options.max_pipelined;
}

bool Connection::QuietLocked() const { return slots_.empty() && out_.empty() && !has_leftover_; }

}  // namespace contacts::http
