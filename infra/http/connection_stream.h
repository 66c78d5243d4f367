// The streamed answer of a connection (stream.h says what a producer sees of it), from its turn
// until its end. One connection has at most one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "infra/http/connection.h"
#include "infra/http/stream.h"

namespace contacts::http {

// Threads: Tell and Release belong to the worker. Names with Locked are called under the
// connection's lock, which also guards the members.
class Connection::Streaming : public std::enable_shared_from_this<Streaming> {
 public:
  // Streams the answer of the connection's first slot, whose head is in the output queue. Call it
  // under the lock.
  explicit Streaming(Connection* connection);

  bool Write(Chunk text);
  void End(Chunk last);
  void KeepAlive(Chunk text, Clock::duration every);
  void Break(const std::string& why);

  // Makes the calls that are due to the source; those that become due meanwhile are for later.
  void Tell();
  // Frees the source of a stream that is over: with it the Stream, which keeps this object.
  void Release() { source_.reset(); }

  // The wire took bytes.
  void TookLocked(size_t bytes);
  void DrainLocked(Clock::time_point now);
  // False: the client was too slow, or the drain does not wait for the producer any more.
  bool ExpireLocked(Clock::time_point now);
  // Its client gets no more of it.
  void DropLocked();

 private:
  enum Notice : unsigned { kBegin = 1, kRoom = 2, kDrain = 4, kGone = 8 };

  void NoticeLocked(Notice notice);
  bool Take(Notice notice);
  void Begin();
  void Call(Notice notice);
  void Fail(const char* error);
  bool HasRoomLocked(size_t bytes) const;
  void OfferLocked(Chunk text);
  void AddLocked(Chunk bytes);
  bool IsTooSlowLocked(Clock::time_point now);
  void BreakLocked(const char* cause);
  void LeaveLocked(const char* end);

  Connection& connection_;
  const uint64_t number_;  // of its request
  const std::string request_id_;
  const bool chunked_;  // else the body ends with the connection
  const Clock::time_point since_;
  std::shared_ptr<BodySource> source_;  // only the worker uses it

  bool begun_ = false;
  bool over_ = false;
  unsigned notices_ = kBegin;  // the calls that are due
  size_t wanted_ = 0;          // the size of a text that found no room; 0: none
  bool telling_ = false;       // the worker is inside Tell
  size_t turn_ = 0;            // bytes of texts since it entered
  uint64_t bytes_ = 0;         // of all texts
  const char* cause_ = "the client has gone";
  Clock::time_point drain_told_ = Clock::time_point::max();

  Chunk keep_alive_;
  Clock::duration keep_alive_every_{};
  Clock::time_point last_text_;

  // Bytes that the wire took, in all, until the last look, and until the moment since which
  // Connection::pace_ counts.
  uint64_t sent_ = 0;
  uint64_t looked_ = 0;
  uint64_t mark_ = 0;
  bool watched_ = false;
};

// One for each stream that has begun. It keeps the Connection alive, not its socket.
class Stream::Target {
 public:
  Target(std::shared_ptr<Connection> connection, std::shared_ptr<Connection::Streaming> streaming)
      : connection_(std::move(connection)), streaming_(std::move(streaming)) {}
  ~Target();
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  // From now on it is its producer's hold on that request (Connection::LetGo).
  void Hold(uint64_t number) { number_ = number, holds_ = true; }
  Connection::Streaming& streaming() { return *streaming_; }

 private:
  const std::shared_ptr<Connection> connection_;
  const std::shared_ptr<Connection::Streaming> streaming_;
  uint64_t number_ = 0;
  bool holds_ = false;
};

}  // namespace contacts::http
