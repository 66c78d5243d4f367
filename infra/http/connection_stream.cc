#include "infra/http/connection_stream.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <exception>
#include <utility>

#include "events/values/invariant.h"
#include "infra/base/log.h"
#include "infra/http/access_log.h"
#include "infra/http/connection_lock.h"

namespace contacts::http {
namespace {

// Bounds for the bytes that wait for a client, also in the kernel, and for the pieces of the output
// queue (a text is up to three), because many small texts take more memory than their bytes.
constexpr size_t kStreamRoom = 64 * 1024;
constexpr size_t kStreamPieces = 3 * 64;

// A source may write as many bytes in one call; then other connections get their turn.
constexpr size_t kTurnBytes = 256 * 1024;

// The time that a producer has for its last text while the server goes down.
constexpr auto kDrainProducing = std::chrono::seconds(2);

Chunk ChunkHead(size_t size) {
  std::array<char, 18> text;
  char* end = std::to_chars(text.data(), text.data() + 16, size, 16).ptr;
  *end++ = '\r';
  *end++ = '\n';
  return std::make_shared<const std::string>(text.data(), end);
}

const Chunk& ChunkEnd() {
  static const Chunk bytes = std::make_shared<const std::string>("\r\n");
  return bytes;
}

const Chunk& LastChunk() {
  static const Chunk bytes = std::make_shared<const std::string>("0\r\n\r\n");
  return bytes;
}

}  // namespace

Connection::Streaming::Streaming(Connection* connection)
    : connection_(*connection),
      number_(connection->first_number_),
      request_id_(connection->slots_.front().context.request_id),
      chunked_(connection->slots_.front().context.minor > 0),
      since_(Clock::now()),
      source_(std::move(connection->slots_.front().source)),
      last_text_(since_) {
  ++connection_.shared_->streams;
  connection_.wire_->KeepUnsent(kStreamRoom);
  if (connection_.shared_->draining) DrainLocked(since_);
  // To begin, and to look whether the client has ended its side, which nobody has read if reading
  // had stopped.
  connection_.callbacks_->ReadAgain(connection_.shared_from_this());
}

bool Connection::Streaming::Write(Chunk text) {
  const Lock lock(&connection_);
  if (over_) return false;
  if (text->empty()) return true;  // an empty chunk would end the body
  if (!HasRoomLocked(text->size())) {
    wanted_ = text->size();
    return false;
  }
  if (telling_ && turn_ >= kTurnBytes) {
    NoticeLocked(kRoom);
    return false;
  }
  OfferLocked(std::move(text));
  connection_.FlushLocked();
  return true;
}

void Connection::Streaming::End(Chunk last) {
  const Lock lock(&connection_);
  if (over_) return;
  if (last != nullptr && !last->empty()) OfferLocked(std::move(last));
  if (chunked_) AddLocked(LastChunk());
  Connection& all = connection_;
  LeaveLocked("complete");
  all.slots_.pop_front();
  ++all.first_number_;
  if (all.shared_->ClosesAfterAnswers() && all.slots_.empty()) all.deaf_ = true;
  if (!all.out_.empty()) {
    all.out_.back().ends_answer = true;
  } else {  // without chunks, and its last text is written
    all.FinishedLocked();
    all.AllWrittenLocked();
  }
  all.AdvanceLocked();
  all.FlushLocked();
}

void Connection::Streaming::KeepAlive(Chunk text, Clock::duration every) {
  const Lock lock(&connection_);
  keep_alive_ = std::move(text);
  keep_alive_every_ = every;
}

void Connection::Streaming::Break(const std::string& why) {
  const Lock lock(&connection_);
  if (over_) return;
  log::Error("a streamed answer is broken off", {{"request_id", request_id_}, {"error", why}});
  BreakLocked("broken off");
}

void Connection::Streaming::Tell() {
  unsigned due = 0;
  {
    const Lock lock(&connection_);
    due = notices_;
    telling_ = true;
    turn_ = 0;
  }
  for (const Notice notice : {kBegin, kRoom, kDrain, kGone}) {
    try {
      if ((due & notice) != 0 && (notice == kBegin || Take(notice))) Call(notice);
    } catch (const std::exception& error) {
      Fail(error.what());
    } catch (...) {
      Fail("no std::exception");
    }
  }
  const Lock lock(&connection_);
  telling_ = false;
}

void Connection::Streaming::Fail(const char* error) {
  log::Error("the producer of a stream failed", {{"request_id", request_id_}, {"error", error}});
  const Lock lock(&connection_);
  if (!over_) BreakLocked("its producer failed");
}

void Connection::Streaming::Call(Notice notice) {
  switch (notice) {
    case kBegin:
      return Begin();
    case kRoom:
      return source_->Room();
    case kDrain:
      return source_->Drain();
    case kGone:
      return source_->Gone();
  }
}

// From the same moment on the producer holds the request and Gone is due to it.
void Connection::Streaming::Begin() {
  auto target =
      std::make_shared<Stream::Target>(connection_.shared_from_this(), shared_from_this());
  {
    const Lock lock(&connection_);
    if (over_) return;
    begun_ = true;
    notices_ &= ~unsigned{kBegin};
    auto& held = connection_.held_;
    held.insert(std::upper_bound(held.begin(), held.end(), number_), number_);
    target->Hold(number_);
  }
  source_->Begin(Stream(std::move(target)));
}

bool Connection::Streaming::Take(Notice notice) {
  const Lock lock(&connection_);
  const bool due = (notices_ & notice) != 0;
  notices_ &= ~unsigned{notice};
  return due;
}

void Connection::Streaming::NoticeLocked(Notice notice) {
  if ((notices_ & notice) != 0) return;
  notices_ |= notice;
  connection_.callbacks_->ReadAgain(connection_.shared_from_this());
}

bool Connection::Streaming::HasRoomLocked(size_t bytes) const {
  const Connection& all = connection_;
  if (all.out_.empty()) return true;
  return all.unsent_ + bytes <= kStreamRoom && all.out_.size() + 3 <= kStreamPieces;
}

void Connection::Streaming::OfferLocked(Chunk text) {
  bytes_ += text->size();
  turn_ += text->size();
  last_text_ = Clock::now();
  if (!chunked_) return AddLocked(std::move(text));
  AddLocked(ChunkHead(text->size()));
  AddLocked(std::move(text));
  AddLocked(ChunkEnd());
}

void Connection::Streaming::AddLocked(Chunk bytes) {
  connection_.unsent_ += bytes->size();
  connection_.QueueLocked(std::move(bytes));
}

// Half of the room is free before the source is asked, so that it is not asked for each packet.
void Connection::Streaming::TookLocked(size_t bytes) {
  sent_ += bytes;
  const Connection& all = connection_;
  if (wanted_ == 0 || !HasRoomLocked(wanted_)) return;
  if (!all.out_.empty() && (all.unsent_ > kStreamRoom / 2 || all.out_.size() > kStreamPieces / 2)) {
    return;
  }
  wanted_ = 0;
  NoticeLocked(kRoom);
}

void Connection::Streaming::DrainLocked(Clock::time_point now) {
  if (drain_told_ != Clock::time_point::max()) return;
  drain_told_ = now;
  NoticeLocked(kDrain);
}

bool Connection::Streaming::ExpireLocked(Clock::time_point now) {
  Connection& all = connection_;
  if (all.shared_->draining) DrainLocked(now);
  if (now > drain_told_ && now - drain_told_ > kDrainProducing) {
    all.shared_->cut += all.under_way_;
    BreakLocked("the server went down");
    return false;
  }
  if (IsTooSlowLocked(now)) {
    cause_ = "the client was too slow";
    all.wire_->Abort();
    return false;
  }
  if (keep_alive_ != nullptr && all.out_.empty() && now - last_text_ >= keep_alive_every_) {
    OfferLocked(keep_alive_);
    last_text_ = now;
  }
  return true;
}

// While the wire takes all bytes, they may still wait in the kernel. So the kernel is asked for
// them, too: all that was sent before one look is to be taken in the reader's time, however little
// it is. Nothing is asked while nothing is sent.
bool Connection::Streaming::IsTooSlowLocked(Clock::time_point now) {
  Connection& all = connection_;
  if (all.blocked_) {
    watched_ = false;
    return all.pace_.TooSlow(now);
  }
  if (!watched_ && sent_ == mark_) return false;
  const size_t untaken = all.wire_->Untaken();
  if (watched_ && sent_ - std::min<uint64_t>(sent_, untaken) < mark_) {
    all.pace_.Took(now, static_cast<size_t>(sent_ - looked_), untaken);
    looked_ = sent_;
    return all.pace_.TooSlow(now);
  }
  watched_ = untaken > 0;
  mark_ = looked_ = sent_;
  if (watched_) all.pace_.Begin(now, untaken, untaken);
  return false;
}

// The worker closes the connection, since TellSources() is false. It does not end the client's
// reading before: a body without chunks would look complete.
void Connection::Streaming::BreakLocked(const char* cause) {
  cause_ = cause;
  connection_.deaf_ = true;
  connection_.DropLocked();
}

void Connection::Streaming::DropLocked() {
  connection_.wire_->ResetOnClose();
  LeaveLocked(cause_);
  if (begun_) notices_ = kGone;
}

void Connection::Streaming::LeaveLocked(const char* end) {
  Connection& all = connection_;
  CONTACTS_INVARIANT(!over_ && all.stream_.get() == this);
  over_ = true;
  notices_ = 0;
  --all.shared_->streams;
  if (all.shared_->tuning.Get().access_log) {
    LogStreamEnd(request_id_, end, bytes_, Clock::now() - since_);
  }
  all.past_streams_.push_back(std::move(all.stream_));
  if (!all.closed_) all.callbacks_->ReadAgain(all.shared_from_this());
}

}  // namespace contacts::http
