// The output of a connection: answers in order, as many bytes of them as the socket takes.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "events/values/invariant.h"
#include "infra/base/log.h"
#include "infra/http/connection.h"
#include "infra/http/connection_lock.h"
#include "infra/http/trace.h"

namespace contacts::http {
namespace {

// Only in the log, with nginx's meaning: the client went before there was an answer.
constexpr int kClientGone = 499;
constexpr size_t kMaxParts = 64;  // in one write; IOV_MAX is 1024

const Chunk& ContinueBytes() {
  static const Chunk bytes = std::make_shared<const std::string>("HTTP/1.1 100 Continue\r\n\r\n");
  return bytes;
}

void LogAccess(const RequestSummary& summary, const AnswerContext& context,
               const Response& response) {
  if (!log::Shows(log::Level::kInfo)) return;
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

// Only its handler knows whether a request that is not safe changed something.
Response LateAnswer(const Slot& slot) {
  Response response =
      ErrorResponse(503, slot.safe ? "the answer was not ready in time"
                                   : "the answer was not ready in time, so the outcome is unknown");
  response.headers.push_back({"Retry-After", "1"});
  if (!slot.safe && !slot.summary.key.empty()) {
    response.headers.push_back({"Idempotency-Key", slot.summary.key});
  }
  return response;
}

}  // namespace

void Connection::Answer(uint64_t number, Response response) {
  const Lock lock(this);
  if (closed_ || number < first_number_ || number - first_number_ >= slots_.size()) return;
  Slot& slot = slots_[number - first_number_];
  if (slot.answered) return;
  AnswerLocked(slot, std::move(response));
  AdvanceLocked();
  FlushLocked();
}

void Connection::AnswerLocked(Slot& slot, Response response) {
  CONTACTS_INVARIANT(!slot.answered && !gone_);
  if (!IsSendable(response)) {
    log::Error("an answer has a header that cannot be sent",
               {{"request_id", slot.context.request_id}});
    response = ErrorResponse(500, "the request could not be answered");
  }
  if (shared_->ClosesAfterAnswers() && &slot == &slots_.back()) slot.context.close = deaf_ = true;
  std::vector<Chunk> out{std::make_shared<const std::string>(AnswerHead(response, slot.context))};
  if (shared_->tuning.Get().access_log) LogAccess(slot.summary, slot.context, response);
  if (shared_->options.answered) {
    shared_->options.answered(slot.summary.method, slot.summary.route(), response.status,
                              Clock::now() - slot.summary.started);
  }
  if (!slot.context.head_only && HasBody(response.status)) {
    for (Chunk& chunk : response.body) {
      if (!chunk->empty()) out.push_back(std::move(chunk));
    }
  }
  for (const Chunk& chunk : out) unsent_ += chunk->size();
  slot.out = std::move(out);  // after all that can throw: the slot has a whole answer or none
  slot.answered = true;
  for (auto& then : slot.when_gone) farewells_.push_back({std::move(then), false});
  slot.when_gone.clear();
}

// Answers the request that is being read or could not be read, and ends reading. `method` and
// `added` belong to a request whose head was not read whole, as far as they are known.
void Connection::RefuseLocked(const Refusal& refusal, std::string_view method,
                              std::vector<Header> added) {
  if (slots_.empty() || slots_.back().dispatched || slots_.back().answered) {
    Slot slot;
    slot.context = {
        .head_only = method == "HEAD", .request_id = MakeRequestId(), .added = std::move(added)};
    slot.summary = {.method = std::string(method),
                    .path = "",
                    .client_address = peer_text_,
                    .traceparent = "",
                    .key = "",
                    .started = Clock::now()};
    slots_.push_back(std::move(slot));
    ++under_way_;
    ++shared_->under_way;
  }
  deaf_ = true;
  slots_.back().context.close = true;
  Response response = ErrorResponse(refusal.status, refusal.message);
  if (refusal.status == 503) response.headers.push_back({"Retry-After", "1"});
  AnswerLocked(slots_.back(), std::move(response));
}

void Connection::AnswerLateLocked(Clock::time_point now) {
  for (Slot& slot : slots_) {
    if (slot.dispatched && !slot.answered &&
        now - slot.summary.started > shared_->options.answer_timeout) {
      AnswerLocked(slot, LateAnswer(slot));
    }
  }
}

// Moves the answers whose turn has come into the output queue.
void Connection::AdvanceLocked() {
  while (!slots_.empty()) {
    Slot& slot = slots_.front();
    if (slot.wants_continue) {
      QueueLocked(ContinueBytes());
      unsent_ += ContinueBytes()->size();
    }
    slot.wants_continue = false;
    if (!slot.answered) return;
    CONTACTS_INVARIANT(!slot.out.empty());
    for (Chunk& chunk : slot.out) QueueLocked(std::move(chunk));
    out_.back().ends_answer = true;
    slots_.pop_front();
    ++first_number_;
  }
}

// A reader that is waited for gets more time for the added bytes.
void Connection::QueueLocked(Chunk chunk) {
  if (blocked_) pace_.Add(chunk->size());
  out_.push_back({std::move(chunk), 0, false});
}

void Connection::FlushLocked() {
  if (closed_ || corked_ || blocked_ || out_.empty()) return;
  const size_t before = unsent_;
  if (WriteLocked()) return AllWrittenLocked();
  const size_t untaken = wire_->Untaken();
  size_t size = std::max(untaken, before - unsent_);
  for (const Piece& piece : out_) size += piece.bytes->size() - piece.written;
  blocked_ = true;
  pace_.Begin(Clock::now(), size, untaken);
  callbacks_->WhenWritable(shared_from_this());
}

// True: nothing is left to write.
bool Connection::WriteLocked() {
  while (!out_.empty()) {
    CONTACTS_INVARIANT(!gone_ && !lingering_);
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
  CONTACTS_INVARIANT(bytes <= unsent_);
  unsent_ -= bytes;
  while (bytes > 0) {
    CONTACTS_INVARIANT(!out_.empty());
    Piece& piece = out_.front();
    const size_t left = piece.bytes->size() - piece.written;
    if (bytes < left) {
      piece.written += bytes;
      return;
    }
    bytes -= left;
    if (piece.ends_answer) FinishedLocked();
    out_.pop_front();
  }
}

void Connection::AllWrittenLocked() {
  if (phase_ == RequestParser::Phase::kBetween && !deaf_) phase_since_ = Clock::now();
  if (QuietLocked() && input_ended_) return wire_->Shut();
  if (QuietLocked() && deaf_ && !lingering_) {
    lingering_ = true;
    lingering_since_ = Clock::now();
    wire_->EndWriting();
  }
  if (paused_ && HasRoomLocked()) {
    paused_ = false;
    phase_since_ = Clock::now();
    callbacks_->ReadAgain(shared_from_this());
  }
}

uint64_t Connection::NextToFinishLocked() const {
  return first_number_ + slots_.size() - under_way_;
}

// The next request's answer is written whole, or its client has gone. The handler may still hold
// the request and all that its answer would have needed.
void Connection::FinishedLocked() {
  CONTACTS_INVARIANT(under_way_ > 0);
  const uint64_t number = NextToFinishLocked();
  --under_way_;
  if (std::find(held_.begin(), held_.end(), number) == held_.end()) shared_->RequestEnded();
}

void Connection::DropLocked() {
  while (under_way_ > 0) FinishedLocked();
  for (Slot& slot : slots_) {
    for (auto& then : slot.when_gone) farewells_.push_back({std::move(then), true});
    if (!slot.answered && shared_->tuning.Get().access_log) {
      LogAccess(slot.summary, slot.context, {kClientGone, {}, {}});
    }
  }
  gone_ = true;
  slots_.clear();
  out_.clear();
  unsent_ = 0;
}

// Does not count bytes that are written before Input ends, as most answers are.
void Connection::ReportUnsentLocked() {
  if (corked_ || unsent_ == reported_) return;
  shared_->unsent_bytes += unsent_ - reported_;  // modulo 2^n
  reported_ = unsent_;
}

bool Connection::Pump(Clock::time_point now) {
  const Lock lock(this);
  if (closed_ || !blocked_) return true;
  const size_t before = unsent_;
  if (!WriteLocked()) {
    pace_.Took(now, before - unsent_, wire_->Untaken());
    return false;
  }
  blocked_ = false;
  AllWrittenLocked();
  return true;
}

}  // namespace contacts::http
