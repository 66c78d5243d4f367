// One client's connection: bytes in, requests to the router, answers out in the order of the
// requests. infra/http/README.md draws its life.
//
// Threads: Input, InputEnded, WantsInput and Closed belong to the worker that owns the socket.
// Everything else may be called from any thread. All state but the parser is under one lock.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "infra/http/address.h"
#include "infra/http/exchange.h"
#include "infra/http/front.h"
#include "infra/http/request_parser.h"
#include "infra/http/wire.h"

namespace contacts::http {

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Clock = std::chrono::steady_clock;

  Connection(std::shared_ptr<Front> front, std::shared_ptr<Surroundings> surroundings,
             std::unique_ptr<Wire> wire, IpAddress peer);

  void Input(std::string_view bytes);
  // Works off what an earlier Input had to leave; false: read nothing now, ReadAgain() will tell.
  bool WantsInput();
  // The client has sent its last byte. True: close now; false: it still waits for answers.
  bool InputEnded();
  // After it the wire is not touched any more; answers to come are dropped.
  void Closed();

  // Writes what is waiting; true: nothing waits any more, or there is no one to write to.
  bool Pump();
  // Closes what has used up its time.
  void Expire(Clock::time_point now);
  // Refuses the connection: 503, and no request of it is read.
  void TurnAway();
  // Refuses it without a word.
  void CutOff();
  // For the drain: closes at once if no request is under way.
  void CloseIfIdle();
  int descriptor() const { return wire_->descriptor(); }

  // The answer to exchange `number`; only the first one for each counts.
  void Answer(uint64_t number, Response response);

 private:
  struct Slot {
    AnswerContext context;
    RequestSummary summary;
    bool wants_continue = false;  // "100 Continue" goes out when its turn comes
    bool dispatched = false;      // read whole; the handler has it
    bool answered = false;
    size_t body_bytes = 0;  // counted in the front's unanswered_bytes
    std::vector<Chunk> out;
  };
  struct Piece {
    Chunk bytes;
    size_t written;
    bool ends_answer;
  };

  bool Consume(std::string_view* input);
  bool OpenSlot();
  void CountBody();
  void Dispatch();
  void AnswerLocked(Slot& slot, Response response);
  void RefuseLocked(const Refusal& refusal, std::string_view method);
  void AnswerLateLocked(Clock::time_point now);
  void AdvanceLocked();
  void FlushLocked();
  bool WriteLocked();
  void TakenLocked(size_t bytes);
  void UncountBodyLocked(Slot& slot);
  void AllWrittenLocked();
  void DropLocked();
  void FinishedLocked(size_t requests);
  bool HasRoomLocked() const;
  bool QuietLocked() const;

  const std::shared_ptr<Front> front_;
  const std::shared_ptr<Surroundings> surroundings_;
  const std::unique_ptr<Wire> wire_;
  const IpAddress peer_;
  const std::string peer_text_;

  // The worker's alone.
  RequestParser parser_;
  std::string leftover_;  // read, but there was no room for another request
  uint64_t reading_ = 0;  // the number of the request that is being read

  std::mutex mutex_;
  bool closed_ = false;
  bool corked_ = false;   // the worker is inside Input and writes at its end
  bool blocked_ = false;  // the wire was full; the drainer writes on
  bool paused_ = false;   // the worker stopped reading
  bool deaf_ = false;     // no further request is read: an error, close, drain
  bool input_ended_ = false;
  bool has_leftover_ = false;
  bool lingering_ = false;  // the last answer is out; input is dropped until the client closes
  RequestParser::Phase phase_ = RequestParser::Phase::kBetween;
  Clock::time_point phase_since_;
  Clock::time_point progress_;  // of writing, or since when it lingers
  size_t since_progress_ = 0;   // bytes written since progress_
  uint64_t first_number_ = 0;   // of slots_.front()
  std::deque<Slot> slots_;      // requests whose answer has not been queued yet, in order
  std::deque<Piece> out_;
  size_t under_way_ = 0;  // requests whose answer is not written whole
};

}  // namespace contacts::http
