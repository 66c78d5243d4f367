// The deadline of a command outside of its partition's thread. The writer gives up in time while it
// runs; while its thread is held (RocksDB stalls, or it was stopped), Deadlines answers the
// commands that the writer holds, each exactly once:
//
//   no record was begun   kUnavailable, nothing was done; and nothing will be: the writer may not
//                         begin one any more (Reply::Begin)
//   a record was begun    kUnknownOutcome, with the key that makes a retry safe
//
// A command whose client sent a key gets the second answer in either case: an earlier attempt may
// be in flight.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "command/command.h"
#include "infra/base/heartbeat.h"

namespace contacts {

// Any thread.
class Deadlines {
 public:
  // `time`: somewhat more than the writer's deadline, so that the writer answers first.
  explicit Deadlines(std::chrono::milliseconds time);
  ~Deadlines();  // no deadline answers afterwards

  // Returns the reply to pass to the writer.
  Reply Watch(const Command& command, Reply reply);

 private:
  using Clock = std::chrono::steady_clock;
  class Ticket;
  struct Guarded;
  struct Due {
    Clock::time_point at;
    std::shared_ptr<Ticket> ticket;
  };

  void Run();
  void DropAnswered();

  const std::chrono::milliseconds time_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Due> due_;  // by time
  bool ending_ = false;
  std::thread thread_;  // last, because it uses the other members
};

}  // namespace contacts
