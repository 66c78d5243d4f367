// Commands in flight: waiting to be decided, or decided and waiting to be answered.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "command/command.h"
#include "command/idempotency.h"
#include "command/writer/clock.h"
#include "events/history.h"
#include "events/record.h"

namespace contacts {

// One caller of a command. A command has several when its key is repeated while it is pending.
struct Waiter {
  Reply reply;
  Instant deadline;
};

// Gives each waiter the answer, and removes them all.
inline void ReplyAll(std::vector<Waiter>& waiters, const Answer& answer) {
  for (Waiter& waiter : waiters) waiter.reply(answer);
  waiters.clear();
}

// One record made for a command. A command has several when the log refused one for good, or when
// one that was given up can still win. At most one of them wins, because they, or the records that
// they are chained on, compete for one slot.
struct Attempt {
  Head slot;  // the record's sequence, and the hash of its bytes
  Record record;
  std::string bytes;
};

// The key that names the attempt, for a caller without a key of its own. `epoch`: in which the
// record was made.
inline std::string KeyOf(const Attempt& attempt, int64_t epoch) {
  return AttemptKey({attempt.slot.sequence, epoch}, attempt.record.envelope.id);
}

// A command that has not been decided yet, or must be decided again.
struct Waiting {
  Command command;
  std::vector<Waiter> waiters;
  uint64_t end_query = 0;        // an answer without a record needs this end query or a later one
  std::string log_refusal = {};  // why the log refused its record for good; empty: it did not
  std::vector<Attempt> attempts = {};  // the attempts that can still win, the newest last
};

// A decided command.
struct Pending {
  enum class Stage {
    kInHand,    // handed to the log, which has not reported yet
    kStored,    // reported at `stored_at`; not read yet
    kPassed,    // read as superseded while its slot is still free: it came before its parent
    kLost,      // the log cannot say whether it is stored
    kRejected,  // the log does not take it for now; the timer sends it again
  };

  Waiting work;
  bool has_record = false;  // work.attempts.back() is in flight; else `answer` waits to go out
  Stage stage = Stage::kInHand;
  bool rejected = false;  // the log rejected it, and has not stored it since
  Offset handed_over_at{
      0};  // the position applied at that time; the record is stored at or after it
  Offset stored_at{-1};
  uint64_t token = 0;  // of the newest hand-over; without a record: that of the entry before it
  Instant sent;
  Answer answer;
  std::optional<Offset> target;  // without a record: apply up to here before `answer` goes out

  const Attempt& current() const { return work.attempts.back(); }
};

}  // namespace contacts
