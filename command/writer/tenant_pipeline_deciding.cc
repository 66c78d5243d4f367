// Deciding the waiting commands, and deciding commands again whose record lost its slot.
#include <algorithm>
#include <unordered_set>

#include "command/idempotency.h"
#include "command/rules/decide.h"
#include "command/writer/record_maker.h"
#include "command/writer/tenant_pipeline.h"

namespace contacts {
namespace {

// Removes the waiters that were answered elsewhere while this thread was held up. False: no waiter
// is left, so no record may be made.
bool BeginFor(std::vector<Waiter>* waiters, const std::string& key) {
  std::erase_if(*waiters, [&](Waiter& waiter) { return !waiter.reply.Begin(key); });
  return !waiters->empty();
}

}  // namespace

void TenantPipeline::DecideWaiting(Instant now) {
  // A command with an attempt that can still win goes into the chain even when it is not our turn,
  // because only there its slot is known.
  const auto can_win = std::find_if(waiting_.rbegin(), waiting_.rend(),
                                    [](const Waiting& w) { return !w.attempts.empty(); });
  const auto must = static_cast<size_t>(waiting_.rend() - can_win);
  const bool may = turns_.MayDecide(now, records_ > 0);
  const size_t count = may ? waiting_.size() : must;
  if (count > 0) {
    if (may) turns_.Send(state().head(), now);
    const bool stepped_over = std::exchange(stepped_over_, false);
    if (state_ && (stepped_over || !state_->closed().empty())) state_->CheckClosed();
  }
  for (size_t i = 0; i < count; ++i) {
    Waiting work = std::move(waiting_.front());
    waiting_.pop_front();
    try {
      DecideOne(std::move(work), now);
    } catch (...) {
      waiting_.push_front(std::move(work));  // Abandon answers it with all other open commands
      throw;
    }
  }
}

void TenantPipeline::DecideOne(Waiting&& work, Instant now) {
  if (!state().parked().empty()) {
    return AddFailure(
        std::move(work),
        {ErrorCode::kUnavailable, "this tenant is parked: " + state().parked(), {}, 30});
  }
  if (IsKeyInUse(work.command)) return AddAnswer(std::move(work), Failure(KeyReused()));
  if (!work.log_refusal.empty()) {
    // The refused record may be in the log after all: only another record in its slot rules it out.
    CommandRefused refused{NameOf(work.command.intent), ErrorCode::kUnavailable,
                           "the log refused the record, nothing was changed: " + work.log_refusal,
                           0};
    return AddRecord(std::move(work), std::move(refused), now);
  }
  const Decision decision = Decide(state(), work.command);
  if (std::optional<Event> event = RecordedEvent(decision, work.command)) {
    return AddRecord(std::move(work), *std::move(event), now);
  }
  Answer answer;
  answer.time = state().time();
  answer.position = state().head().sequence;
  if (const auto* replayed = std::get_if<Replayed>(&decision)) answer = AnswerOf(replayed->record);
  if (const auto* nothing = std::get_if<NothingChanged>(&decision)) answer.event = *nothing;
  if (const auto* error = std::get_if<Error>(&decision)) {
    // A closed tenant: the refusal says that nothing was done.
    if (error->code == ErrorCode::kUnavailable) return AddFailure(std::move(work), *error);
    answer.error = *error;
  }
  AddAnswer(std::move(work), std::move(answer));
}

// A record that was made before a 503 gave its key out does not hold that key, so the pending
// commands are searched for it here. An erasure behind them takes keys away, as in history.
bool TenantPipeline::IsKeyInUse(const Command& command) {
  const Waiting* pending = PendingUnderKeyOf(command);
  if (pending == nullptr || pending->command.request == command.request) return false;
  const std::optional<Record> record = state().RecordAt(pending->attempts.back().slot.sequence);
  return record && !record->data_withheld && !state().IsMonthErased(*record) &&
         !state().ErasureOf(command.actor);
}

void TenantPipeline::AddRecord(Waiting&& work, Event event, Instant now) {
  if (context_.world.clock_fault) {
    if (std::string fault = context_.world.clock_fault(state().time()); !fault.empty()) {
      constexpr int kRetrySeconds = 30;
      return AddFailure(std::move(work),
                        {ErrorCode::kUnavailable, std::move(fault), {}, kRetrySeconds});
    }
  }
  const WriterOptions& options = context_.options;
  Result<EncodedRecord> encoded =
      EncodeJudged(MakeRecord(state(), work.command, std::move(event), context_.world),
                   context_.keyring, options.partition, options.partitions);
  if (!encoded) return AddFailure(std::move(work), encoded.error());
  if (encoded->bytes.size() > options.max_record_bytes) {
    return AddFailure(
        std::move(work),
        {ErrorCode::kTooLarge,
         "the record of this command would have " + std::to_string(encoded->bytes.size()) +
             " bytes; the log takes at most " + std::to_string(options.max_record_bytes)});
  }
  Attempt attempt{
      Head{encoded->record.envelope.sequence, Sha256(encoded->bytes)},
      std::move(encoded->record),
      std::move(encoded->bytes),
  };
  if (!BeginFor(&work.waiters, work.command.key.value_or(KeyOf(attempt, context_.epoch)))) {
    Forget(work.command);
    return;
  }
  state().Apply(attempt.record, attempt.slot.hash);
  Pending pending;
  pending.work = std::move(work);
  pending.work.attempts.push_back(std::move(attempt));
  pending.has_record = true;
  ++records_;
  pending_.push_back(std::move(pending));
  HandOver(pending_.back(), now);
}

// While an earlier attempt can still win, the answer must not say that nothing was done.
void TenantPipeline::AddFailure(Waiting&& work, Error error) {
  Answer answer = work.attempts.empty() ? Failure(std::move(error)) : GiveUp(work, true);
  AddAnswer(std::move(work), std::move(answer));
}

void TenantPipeline::AddAnswer(Waiting&& work, Answer answer) {
  Pending pending;
  context_.wanted_query = std::max(context_.wanted_query, work.end_query);
  pending.work = std::move(work);
  pending.answer = std::move(answer);
  pending.token = context_.last_token;
  pending_.push_back(std::move(pending));
}

// An attempt can still win if and only if the record that it is chained on is the head, or can win.
void TenantPipeline::DropDeadAttempts(const Head& head) {
  std::unordered_set<std::string> alive{ToHex(head.hash)};
  for (Pending& pending : pending_) {
    std::vector<Attempt> kept;
    for (Attempt& attempt : pending.work.attempts) {
      if (alive.contains(ToHex(attempt.record.envelope.previous)) &&
          attempt.slot.sequence > head.sequence) {
        alive.insert(ToHex(attempt.slot.hash));
        kept.push_back(std::move(attempt));
      }
    }
    pending.work.attempts = std::move(kept);
  }
}

void TenantPipeline::DecideAgain() {
  if (std::exchange(others_record_, false)) {
    again_from_ = 0;
    gone_pause_ = {};  // the new records were not passed or lost before
    gone_until_ = {};
  }
  const size_t from = std::exchange(again_from_, kNone);
  if (from == kNone) return;
  state_.reset();
  DropDeadAttempts(state().head());
  for (size_t i = 0; i < from && i < pending_.size(); ++i) {
    if (!pending_[i].has_record) continue;
    const Attempt& attempt = pending_[i].current();
    state().Apply(attempt.record, attempt.slot.hash);
  }
  while (pending_.size() > from) {
    Pending pending = std::move(pending_.back());
    pending_.pop_back();
    if (pending.has_record) --records_;
    Waiting& work = pending.work;
    if (work.waiters.empty()) {  // answered already, at its deadline
      Forget(work.command);
      continue;
    }
    if (work.attempts.empty()) {
      work.log_refusal.clear();  // the refused record can no longer win
    } else if (!work.command.key) {
      work.command.key.emplace(KeyOf(work.attempts.front(), context_.epoch));
    }
    waiting_.push_front(std::move(work));
  }
}

}  // namespace contacts
