// The commands of one tenant on their way: each record is chained on the one before it, so one that
// loses its slot takes all behind it along, and they are decided again in order.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "command/tenant_state.h"
#include "command/writer/clock.h"
#include "command/writer/pending.h"
#include "command/writer/turns.h"
#include "events/event_log.h"
#include "events/judged.h"
#include "projections/view_lookup.h"

namespace contacts {

struct WriterOptions {
  std::chrono::milliseconds deadline{10000};
  std::chrono::milliseconds resend_after{30000};  // at least the log's delivery time-out; doubles
  size_t max_commands = 1000;                     // on their way, in each tenant; then 429
  size_t max_bytes = 1 << 20;                     // likewise
  size_t max_record_bytes = 1'000'000;
  int partition = 0;   // which one this writer writes, …
  int partitions = 1;  // … of so many
};

// What the chains of a partition share.
struct WriterContext {
  const ViewLookup& lookup;
  const WriterOptions options;
  const World world;
  Offset position{0};  // everything before it has been applied
  uint64_t last_token = 0;
  uint64_t started_query = 0;   // end queries: the newest asked, …
  uint64_t answered_query = 0;  // … the newest answered, …
  uint64_t wanted_query = 0;    // … and the newest that an answer waits for
  Offset end{0};                // the log's end by the newest answered
  std::chrono::nanoseconds round_trip{std::chrono::milliseconds(5)};  // of a record; smoothed
  std::vector<Outgoing> outgoing = {};
  std::string fault = {};  // why nothing can be written; empty: it can
};

// One thread, the writer's.
class TenantPipeline {
 public:
  TenantPipeline(WriterContext& context, TenantId tenant);

  void Take(Command command, Waiter waiter);
  void OnReport(const DeliveryReport& report, Instant now);
  void OnHistory(const Judged& entry, Instant now);
  void OnSuperseded(const Judged& entry, Instant now);
  void Advance(Instant now);
  void Abandon(const std::string& why);

  // Nothing is open, and nothing is known that the next command needs.
  bool idle(Instant now) const {
    return pending_.empty() && waiting_.empty() && !turns_.Sharing(now);
  }
  // The log rejects a record of ours, and has not taken one since.
  bool rejected() const;
  size_t unanswered() const;
  std::optional<Instant> NextTimer() const;

 private:
  static constexpr size_t kNone = static_cast<size_t>(-1);

  bool Join(const Command& command, Waiter& waiter);
  Waiting* PendingUnderKeyOf(const Command& command);  // nullptr: none
  void Expire(Instant now);
  void DecideWaiting(Instant now);
  // They move from `work` last of all: when they throw, it is as it was.
  void DecideOne(Waiting&& work, Instant now);
  void AddRecord(Waiting&& work, Event event, Instant now);
  void AddAnswer(Waiting&& work, Answer answer);
  void AddFailure(Waiting&& work, Error error);  // its record cannot be handed to the log
  void HandOver(Pending& pending, Instant now);
  void Won(size_t index, size_t attempt, Instant now);
  void Reject(Pending& pending, Instant now, std::string why);
  void Refused(size_t index, const DeliveryReport& report, Instant now);
  void DropAttempt(size_t index, const std::string& reason, Error error);
  void DropUnreadable();
  void DecideAgain();
  void DropDeadAttempts(const Head& head);
  void Release();
  void Resend(Instant now);
  size_t FirstRecord() const;
  size_t IndexOfToken(uint64_t token) const;
  Answer GiveUp(Waiting& work, bool has_record) const;
  TenantState& state();
  size_t Bytes(const Command& command) const;
  void Forget(const Command& command);  // nobody waits for it any more
  void CheckInvariants() const;         // tenant_pipeline_invariants.cc

  WriterContext& context_;
  const TenantId tenant_;
  std::unique_ptr<TenantState> state_;  // none: to be read from the views
  std::deque<Pending> pending_;
  std::deque<Waiting> waiting_;
  size_t records_ = 0;  // of pending_ that have one
  size_t bytes_ = 0;
  size_t again_from_ = kNone;   // pending from here on must be decided again
  bool others_record_ = false;  // another's record came in: all that is pending is stale
  bool stepped_over_ = false;   // entries were superseded: that can close the tenant, or open it
  Turns turns_;
  Instant expiry_ = Instant::max();  // no deadline is earlier
  Instant resend_at_{};              // of the timer, for what is silent
  std::chrono::milliseconds resend_pause_;
  Instant gone_until_{};                    // no earlier is sent again what is in nobody's hands
  std::chrono::milliseconds gone_pause_{};  // the newest; they grow until a record wins
  Instant rejected_until_{};  // no earlier what the log rejected; what is chained on it waits too
  std::chrono::milliseconds rejected_pause_{};
  Instant send_again_at_{};  // the one of these that counts, as the chain stands
};

}  // namespace contacts
