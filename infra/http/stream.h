// An answer whose body is written bit by bit, by a producer that the front tells when to write and
// when to stop. Pass a BodySource in Response::source.
#pragma once

#include <chrono>
#include <memory>
#include <utility>

#include "infra/http/message.h"

namespace contacts::http {

// The way to write the body. Copyable; any thread. None of its functions calls the source. Dropping
// the last copy before End is a Break. Server::Drain waits until the last copy is dropped, so drop
// yours in Gone, and once you have ended the body.
class Stream {
 public:
  class Target;  // the front's side
  explicit Stream(std::shared_ptr<Target> target) : target_(std::move(target)) {}

  // Sends `text` immediately, or as soon as the client takes it. False: it was not taken, because
  // 64 KiB or 64 texts of this stream wait for the client, and then Room() follows; or because the
  // stream is over. A text of more than 64 KiB is taken once no other waits.
  bool Write(Chunk text) const;
  // The body is complete. `last` is taken also when there is no room; absent: nothing is added.
  // Later calls of all functions do nothing.
  void End(Chunk last = nullptr) const;
  // From now on the front writes `text` by itself whenever nothing was written for `every` (to
  // about 200 ms) and nothing waits for the client: proxies keep the connection, and a client that
  // has vanished is noticed. A later call replaces both.
  void KeepAlive(Chunk text, std::chrono::milliseconds every) const;
  // Breaks the answer off: the client sees that the body is not complete.
  void Break() const;

 private:
  std::shared_ptr<Target> target_;
};

// The producer of one body. The front owns it until the stream is over, and calls it on a thread of
// its own: one call after another, without a lock, never within a call to the Stream, so that a
// source may hold its own lock while it writes. A call must not block; in one call at most 256 KiB
// are taken, and Room follows. An exception that leaves a call is logged and breaks the answer off.
//
// A client that ends its side (a half-close) has gone, unlike one that waits for a whole answer:
// nothing else tells that the client of an idle stream has closed its connection.
//
// A source that is never begun, because the request was HEAD or its client has gone, is destroyed
// without a call.
class BodySource {
 public:
  virtual ~BodySource() = default;
  // The head is on its way, and there is room. Called once, before all others. Keep `stream`: any
  // thread may write to it from now on.
  virtual void Begin(Stream stream) = 0;
  // There is room again after a Write that was not taken.
  virtual void Room() = 0;
  // The server goes down: write the last text and End, now or within two seconds; then the front
  // breaks the answer off. Called at most once.
  virtual void Drain() = 0;
  // The stream is over without End: the client has gone or was too slow, or the answer was broken
  // off. Called at most once, as the last.
  virtual void Gone() = 0;
};

}  // namespace contacts::http
