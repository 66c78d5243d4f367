// The commands of one tenant in flight. Each record is chained on the one before it. So when a
// record loses its slot, it and all records after it are decided again, in order.
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
#include "command/writer/writer_context.h"
#include "events/event_log.h"
#include "events/judged.h"

namespace contacts {

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

  // No command is open, and no other writer is active. Such a pipeline can be deleted.
  bool idle(Instant now) const {
    return pending_.empty() && waiting_.empty() && !turns_.Sharing(now);
  }
  // The record of an attempt that can still win, by the hash of its bytes; nullptr: none of those
  // that would be read first.
  const Record* Made(const Hash& hash) const;
  // The log rejected a record that is still pending, and has not stored it since.
  bool rejected() const;
  size_t unanswered() const;
  std::optional<Instant> NextTimer() const;

 private:
  static constexpr size_t kNone = static_cast<size_t>(-1);

  bool Join(const Command& command, Waiter& waiter);
  Waiting* PendingUnderKeyOf(const Command& command);  // nullptr: no record is pending under it
  bool IsKeyInUse(const Command& command);             // by another request whose record is pending
  void Expire(Instant now);
  void DecideWaiting(Instant now);
  // These four move from `work` as their last step: if one throws, `work` is unchanged.
  void DecideOne(Waiting&& work, Instant now);
  void AddRecord(Waiting&& work, Event event, Instant now);
  void AddAnswer(Waiting&& work, Answer answer);
  void AddFailure(Waiting&& work, Error error);  // for a record that cannot be handed to the log
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
  void Forget(const Command& command);  // gives its bytes back
  void CheckInvariants() const;         // tenant_pipeline_invariants.cc

  WriterContext& context_;
  const TenantId tenant_;
  std::unique_ptr<TenantState> state_;  // nullptr: read it from the views when needed
  std::deque<Pending> pending_;
  std::deque<Waiting> waiting_;
  size_t records_ = 0;  // number of entries of pending_ that have a record
  size_t bytes_ = 0;
  size_t again_from_ = kNone;   // pending_ from this index on must be decided again
  bool others_record_ = false;  // another record became history: all of pending_ is stale
  bool stepped_over_ = false;   // entries were superseded, which can close or open the tenant
  Turns turns_;
  Instant expiry_ = Instant::max();  // no deadline is earlier
  Instant resend_at_{};              // when records without a report are sent again
  std::chrono::milliseconds resend_pause_;
  Instant gone_until_{};                    // passed and lost records are not sent again earlier
  std::chrono::milliseconds gone_pause_{};  // the newest pause; it grows until a record wins
  Instant rejected_until_{};  // rejected records, and those chained on them, are not sent earlier
  std::chrono::milliseconds rejected_pause_{};
  Instant send_again_at_{};  // the one of these three times that applies to the chain now
};

}  // namespace contacts
