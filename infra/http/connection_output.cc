// The way out of a connection: answers in their order, as much of them as the socket takes.
#include <array>
#include <string>
#include <utility>

#include "infra/http/connection.h"
#include "infra/http/trace.h"
#include "infra/log.h"

namespace contacts::http {
namespace {

// In the log only, as nginx has it: the client went before there was an answer.
constexpr int kClientGone = 499;
// What a slow reader must take within `write_timeout`; less is no progress.
constexpr size_t kProgressBytes = 16 * 1024;
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
  UncountBodyLocked(slot);
}

void Connection::UncountBodyLocked(Slot& slot) {
  front_->unanswered_bytes -= std::exchange(slot.body_bytes, 0);
}

// Answers what is being read, or what could not be read, and ends reading.
void Connection::RefuseLocked(const Refusal& refusal, std::string_view method) {
  if (slots_.empty() || slots_.back().dispatched || slots_.back().answered) {
    Slot slot;
    slot.context = {.head_only = method == "HEAD", .request_id = MakeRequestId()};
    slot.summary = {std::string(method), "", peer_text_, "", Clock::now()};
    slots_.push_back(std::move(slot));
    ++under_way_;
    ++front_->under_way;
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
        now - slot.summary.started > front_->options.answer_timeout) {
      Response response = ErrorResponse(503, "the answer was not ready in time");
      response.headers.push_back({"Retry-After", "1"});
      AnswerLocked(slot, std::move(response));
    }
  }
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
  since_progress_ = 0;
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
  since_progress_ += bytes;
  if (blocked_ && since_progress_ >= kProgressBytes) {
    progress_ = Clock::now();
    since_progress_ = 0;
  }
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
  for (Slot& slot : slots_) {
    UncountBodyLocked(slot);
    if (!slot.answered && front_->options.access_log) {
      LogAccess(slot.summary, slot.context, {kClientGone, {}, {}});
    }
  }
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

bool Connection::Pump() {
  const std::lock_guard lock(mutex_);
  if (closed_ || !blocked_) return true;
  if (!WriteLocked()) return false;
  blocked_ = false;
  AllWrittenLocked();
  return true;
}

}  // namespace contacts::http
