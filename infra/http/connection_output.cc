// The output of a connection: answers in order, as many bytes of them as the socket takes.
#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "events/values/invariant.h"
#include "infra/base/log.h"
#include "infra/http/access_log.h"
#include "infra/http/connection.h"
#include "infra/http/connection_lock.h"
#include "infra/http/connection_stream.h"
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
  std::shared_ptr<BodySource> source = response.source;
  if (!IsSendable(response)) {
    log::Error("an answer has a header that cannot be sent",
               {{"request_id", slot.context.request_id}});
    response = ErrorResponse(500, "the request could not be answered");
  }
  // Without chunks a body ends with the connection, and so do the requests behind it.
  const bool ends = response.source && slot.context.minor == 0 && !slot.context.head_only;
  const bool last = &slot == &slots_.back();
  if (ends && !last) response = ErrorResponse(400, "HTTP/1.0 allows no request behind this one");
  if (last && (ends || shared_->ClosesAfterAnswers())) slot.context.close = deaf_ = true;
  std::vector<Chunk> out{std::make_shared<const std::string>(AnswerHead(response, slot.context))};
  if (shared_->tuning.Get().access_log) LogAccess(slot.summary, slot.context, response);
  if (shared_->options.answered) {
    shared_->options.answered(slot.summary.method, slot.summary.route(), response.status,
                              Clock::now() - slot.summary.started);
  }
  const bool has_body = !slot.context.head_only && HasBody(response.status);
  if (has_body && response.source == nullptr) {
    for (Chunk& chunk : response.body) {
      if (!chunk->empty()) out.push_back(std::move(chunk));
    }
  }
  for (const Chunk& chunk : out) unsent_ += chunk->size();
  slot.out = std::move(out);  // after all that can throw: the slot has a whole answer or none
  slot.answered = true;
  if (has_body) slot.source = std::move(response.source);
  response.source = nullptr;
  if (source != nullptr) farewells_.push_back({[source = std::move(source)] {}, false});
  SayFarewell(&slot.when_gone, false, &farewells_);
  SayFarewell(&slot.when_end, false, &farewells_);
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

// Moves the answers whose turn has come into the output queue.
void Connection::AdvanceLocked() {
  while (!slots_.empty() && stream_ == nullptr) {
    Slot& slot = slots_.front();
    if (slot.wants_continue) {
      QueueLocked(ContinueBytes());
      unsent_ += ContinueBytes()->size();
    }
    slot.wants_continue = false;
    if (!slot.answered) return;
    CONTACTS_INVARIANT(!slot.out.empty());
    for (Chunk& chunk : slot.out) QueueLocked(std::move(chunk));
    slot.out.clear();
    if (slot.source != nullptr) {
      stream_ = std::make_shared<Streaming>(this);
      return;
    }
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
    if (stream_ != nullptr) stream_->TookLocked(static_cast<size_t>(taken));
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
  if (stream_ != nullptr) stream_->DropLocked();
  while (under_way_ > 0) FinishedLocked();
  for (Slot& slot : slots_) {
    SayFarewell(&slot.when_gone, true, &farewells_);
    SayFarewell(&slot.when_end, false, &farewells_);
    if (slot.source) farewells_.push_back({[source = std::move(slot.source)] {}, false});
    if (!slot.answered && shared_->tuning.Get().access_log) {
      LogAccess(slot.summary, slot.context, {kClientGone, {}, {}});
    }
  }
  gone_ = true;
  slots_.clear();
  out_.clear();
  unsent_ = 0;
}

bool Connection::Pump(Clock::time_point now) {
  const Lock lock(this);
  if (gone_ || !blocked_) return true;
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
