// One client's connection: bytes in, requests to the router, answers out in the order of the
// requests. infra/http/README.md draws its life. Threads: Input, InputEnded, WantsInput,
// TellSources and Closed belong to the worker that owns the socket; everything else may be called
// from any thread. All state but the parser is under one lock.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "infra/http/address.h"
#include "infra/http/reader_pace.h"
#include "infra/http/request_parser.h"
#include "infra/http/responder_target.h"
#include "infra/http/server_shared.h"
#include "infra/http/wire.h"

namespace contacts::http {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Clock = std::chrono::steady_clock;
  Connection(std::shared_ptr<ServerShared> shared, std::shared_ptr<ConnectionCallbacks> callbacks,
             std::unique_ptr<Wire> wire, IpAddress peer);

  void Input(std::string_view bytes);
  // Handles the bytes that an earlier Input left over; false: read nothing until ReadAgain().
  bool WantsInput();
  bool HasLeftover() const { return !leftover_.empty(); }  // then WantsInput is to be called
  // The client has sent its last byte. True: close now; false: it still waits for answers.
  bool InputEnded();
  // After it the wire is not touched any more, and later answers are dropped.
  void Closed();
  // Writes the answers that wait; true: none waits any more, or the client has gone.
  bool Pump(Clock::time_point now = Clock::now());
  // Ends what has used up its time: a handler, a reader, a request, an idle connection.
  void Expire(Clock::time_point now);
  // Makes the calls that are due to sources. `ended`: the client has sent its end, perhaps behind
  // bytes that are not read. False: close now.
  bool TellSources(bool ended);
  // Both refuse a connection before anything is read: by a 503 that says why; by a reset.
  void TurnAway(const char* why);
  void CutOff();
  // For the drain: closes immediately if no request is under way; tells the source of a stream.
  void CloseIfIdle();
  int descriptor() const { return wire_->descriptor(); }
  const IpAddress& peer() const { return peer_; }
  // Answers request `number`; only its first answer counts.
  void Answer(uint64_t number, Response response);
  // For Responder (message.h says what they do); the handler has not answered `number`.
  void WhenGone(uint64_t number, std::function<void()> then);
  void WhenClientEnds(uint64_t number, std::function<void()> then);
  bool HasGone(uint64_t number);
  void LetGo(uint64_t number);  // its handler has dropped the last Responder, or the last Stream
  class Streaming;              // connection_stream.h

 private:
  class Lock;  // connection_lock.h
  bool Consume(std::string_view* input);
  bool OpenSlot();
  void CountBody();
  void Dispatch();
  void AnswerLocked(Slot& slot, Response response);
  void RefuseLocked(const Refusal&, std::string_view method = {}, std::vector<Header> added = {});
  void AnswerLateLocked(Clock::time_point now);
  void AdvanceLocked();
  void QueueLocked(Chunk chunk);
  void FlushLocked();
  bool WriteLocked();
  void TakenLocked(size_t bytes);
  void AllWrittenLocked();
  void DropLocked();
  void FinishedLocked();
  uint64_t NextToFinishLocked() const;
  bool HasRoomLocked() const;
  bool QuietLocked() const;

  const std::shared_ptr<ServerShared> shared_;
  const std::shared_ptr<ConnectionCallbacks> callbacks_;
  const std::unique_ptr<Wire> wire_;
  const IpAddress peer_;
  const std::string peer_text_;

  // Only the worker uses these.
  RequestParser parser_;
  std::string leftover_;  // bytes read when no request had room any more
  uint64_t reading_ = 0;  // the number of the request that is being read

  std::mutex mutex_;
  bool closed_ = false;
  bool gone_ = false;     // closed, or writing failed: requests without an answer get none
  bool corked_ = false;   // the worker is inside Input and writes at its end
  bool blocked_ = false;  // the wire was full; the flusher goes on writing
  bool paused_ = false;   // the worker stopped reading
  bool deaf_ = false;     // no further request is read: an error, close, drain
  bool input_ended_ = false, has_leftover_ = false, side_ended_ = false;
  bool lingering_ = false;  // the last answer is out; input is dropped until the client closes
  RequestParser::Phase phase_ = RequestParser::Phase::kBetween;
  Clock::time_point phase_since_, lingering_since_;
  ReaderPace pace_;            // of the reader, while blocked_ or while a stream is taken
  uint64_t first_number_ = 0;  // of slots_.front()
  std::deque<Slot> slots_;     // requests whose answer has not been queued yet, in order
  std::deque<Piece> out_;
  std::shared_ptr<Streaming> stream_;  // the first slot's, from its turn until its end
  std::vector<std::shared_ptr<Streaming>> past_streams_;  // until the worker releases them
  size_t under_way_ = 0;             // requests whose answer is not written whole
  std::vector<uint64_t> held_;       // the requests that a handler holds
  size_t unsent_ = 0;                // bytes of answers that the wire has not taken
  size_t reported_ = 0;              // the part of unsent_ in ServerShared::unsent_bytes
  std::vector<Farewell> farewells_;  // for the moment when the lock is released
};

}  // namespace contacts::http
