// The work of a connection that begins because time passes, or because the server goes down.
#include "infra/base/log.h"
#include "infra/http/connection.h"
#include "infra/http/connection_lock.h"
#include "infra/http/connection_stream.h"

namespace contacts::http {
namespace {

constexpr auto kLinger = std::chrono::seconds(2);

// The time, while the server goes down, for the rest of a request, and for a slow reader.
constexpr auto kDrainReading = std::chrono::seconds(1);
constexpr auto kDrainWriting = std::chrono::seconds(5);

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

void Connection::CloseIfIdle() {
  const Lock lock(this);
  if (stream_ != nullptr) stream_->DrainLocked(Clock::now());
  if (closed_ || !QuietLocked() || phase_ != RequestParser::Phase::kBetween || corked_) return;
  deaf_ = true;
  wire_->Shut();
}

void Connection::Expire(Clock::time_point now) {
  const Lock lock(this);
  if (closed_ || corked_) return;  // corked: its worker handles input at this moment
  const ServerOptions& options = shared_->options;
  if (blocked_) pace_.Took(now, 0, wire_->Untaken());
  if (stream_ != nullptr && !stream_->ExpireLocked(now)) return;
  if (blocked_ && pace_.TooSlow(now)) return wire_->Abort();
  if (blocked_ && pace_.Waited(now) > kDrainWriting && shared_->DrainsFor(kDrainWriting, now)) {
    shared_->cut += under_way_;
    deaf_ = true;
    DropLocked();
    return wire_->Abort();
  }
  if (lingering_ && now - lingering_since_ > kLinger) return wire_->Shut();
  AnswerLateLocked(now);
  const auto waited = now - phase_since_;
  if (!deaf_ && !paused_) {
    if (phase_ != RequestParser::Phase::kBetween && shared_->DrainsFor(kDrainReading, now)) {
      ++shared_->cut;
      RefuseLocked({503, "the server is going down"});
    } else if (phase_ == RequestParser::Phase::kHead && waited > options.head_timeout) {
      RefuseLocked({408, "the head of the request took too long"});
    } else if (phase_ == RequestParser::Phase::kBody && waited > options.body_timeout) {
      RefuseLocked({408, "the body of the request took too long"});
    } else if (phase_ == RequestParser::Phase::kBetween && QuietLocked() &&
               waited > shared_->tuning.Get().idle_timeout) {
      log::Debug("a connection without requests is closed", {{"client", peer_text_}});
      wire_->Shut();
    }
  }
  AdvanceLocked();
  FlushLocked();
}

void Connection::AnswerLateLocked(Clock::time_point now) {
  for (Slot& slot : slots_) {
    if (slot.dispatched && !slot.answered &&
        now - slot.summary.started > shared_->options.answer_timeout) {
      AnswerLocked(slot, LateAnswer(slot));
    }
  }
}

}  // namespace contacts::http
