// Commands on their way: waiting to be decided, or decided and waiting to be answered.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "command/command.h"
#include "command/writer/clock.h"
#include "events/history.h"
#include "events/record.h"

namespace contacts {

// One caller of a command. Several wait for one command when a key is repeated while it is pending.
struct Waiter {
  Reply reply;
  Instant deadline;
};

// One record made for a command. A command has several when the log refused one for good, or when
// one that was given up can still win. At most one of them can: they compete for one slot, or the
// records that they are chained on do.
struct Attempt {
  Head slot;  // its sequence and the hash of its bytes
  Record record;
  std::string bytes;
};

// A command that has not been decided yet, or must be decided again.
struct Waiting {
  Command command;
  std::vector<Waiter> waiters;
  uint64_t end_query = 0;        // an answer without a record needs this end query or a later one
  std::string log_refusal = {};  // why the log refused its record for good; empty: it did not
  std::vector<Attempt> attempts = {};  // those that can still win; the newest is last
};

// A decided command.
struct Pending {
  enum class Stage {
    kInHand,    // the log has it and has not reported yet
    kStored,    // reported at `stored_at`; not read yet
    kPassed,    // read as superseded, while its slot is still free: it came before its parent
    kLost,      // the log cannot say whether it is stored
    kRejected,  // the log will not take it as things are; the timer tries again
  };

  Waiting work;
  bool has_record = false;  // work.attempts.back() is in flight; else `answer` waits to be given
  Stage stage = Stage::kInHand;
  bool rejected = false;     // was, since it was last stored
  Offset handed_over_at{0};  // what had been applied by then: it is stored no earlier
  Offset stored_at{-1};
  uint64_t token = 0;  // of the newest hand-over; without a record: of the one before it
  Instant sent;
  Answer answer;
  std::optional<Offset> target;  // without a record: what must be applied before it is given

  const Attempt& current() const { return work.attempts.back(); }
};

}  // namespace contacts
