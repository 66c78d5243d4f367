#include "command/writer/tenant_pipeline.h"

#include <algorithm>
#include <unordered_set>

#include "command/idempotency.h"
#include "command/rules/decide.h"
#include "command/writer/record_maker.h"
#include "events/values/invariant.h"

// clang-format off
//
// How a command moves through the pipeline. Only "history" and "answered" are ends.
//
//   Take ──► waiting ──DecideOne──► answer ─────────────Release (applied as far as it must be)──► answered
//               ▲          │
//               │          └─► record ──HandOver──► kInHand ──stored──► kStored ──read──► history ──► answered
//               │                                     │  ▲                 │
//               │                                     │  └──── Resend ─────┤   the whole chain, the same bytes,
//               │                                     │                    │   once nothing of it is kInHand
//               │                  the log cannot say ├──► kLost ──────────┤
//               │    the log takes no records for now ├──► kRejected ──────┤
//               │     read, superseded, its slot free └──► kPassed ────────┘
//               │
//               └── DecideAgain: another record took a slot, the log refused a record for good, or a record
//                   was read back as foreign; from that record on to the end of the chain, in order
//
// A command whose deadline passes is answered with 503 and keeps its place: its record may still win.
//
// clang-format on

namespace contacts {
namespace {

// Added to the size of each request, so that many small commands count. An allowance, not measured.
constexpr size_t kCommandOverhead = 256;
// Records that the log does not report are sent again after 30 s, then after longer pauses, up to 8
// times that: four minutes, within which brokers come back or an operator acts.
constexpr int kLongestPause = 8;  // times the shortest

// The pause before passed and lost records are sent again. The first time there is no pause, so
// that a gap closes immediately; a second gap has a cause that hurry does not mend. The longest
// pause is a fifth of a command's deadline, so that a command that came while the log was away is
// still answered when the log is back.
constexpr std::chrono::milliseconds kShortestGonePause{50};
constexpr std::chrono::milliseconds kLongestGonePause{2000};
// The pause before a rejected record is sent again: an operator has to grant a right or set a clock
// before the log takes it.
constexpr std::chrono::milliseconds kShortestRejectedPause{500};
constexpr std::chrono::milliseconds kLongestRejectedPause{4000};

void ReplyAll(std::vector<Waiter>& waiters, const Answer& answer) {
  for (Waiter& waiter : waiters) waiter.reply(answer);
  waiters.clear();
}

bool HasKeyOf(const Command& command, const Command& other) {
  return command.key && command.key == other.key && command.actor == other.actor;
}

std::string KeyOf(const Attempt& attempt) {
  return AttemptKey(attempt.slot.sequence, attempt.record.envelope.id);
}

std::string ReasonOf(const DeliveryReport& report) {
  return report.reason.empty() ? "no reason given" : report.reason;
}

// Removes the waiters that were answered elsewhere while this thread was held up. False: no waiter
// is left, so no record may be made.
bool BeginFor(std::vector<Waiter>* waiters, const std::string& key) {
  std::erase_if(*waiters, [&](Waiter& waiter) { return !waiter.reply.Begin(key); });
  return !waiters->empty();
}

// Doubles the pause, within the bounds.
std::chrono::milliseconds Grown(std::chrono::milliseconds* pause,
                                std::chrono::milliseconds shortest,
                                std::chrono::milliseconds longest) {
  return *pause = std::clamp(2 * *pause, shortest, longest);
}

}  // namespace

TenantPipeline::TenantPipeline(WriterContext& context, TenantId tenant)
    : context_(context),
      tenant_(std::move(tenant)),
      turns_(context.world.writer, context.round_trip),
      resend_pause_(context.options.resend_after) {}

TenantState& TenantPipeline::state() {
  if (!state_) state_ = std::make_unique<TenantState>(context_.lookup, tenant_);
  return *state_;
}

size_t TenantPipeline::Bytes(const Command& command) const {
  return command.request.size() + kCommandOverhead;
}

void TenantPipeline::Forget(const Command& command) {
  const size_t bytes = Bytes(command);
  CONTACTS_INVARIANT(bytes_ >= bytes);
  bytes_ -= bytes;
}

// --- commands come in ---

void TenantPipeline::Take(Command command, Waiter waiter) {
  expiry_ = std::min(expiry_, waiter.deadline);
  if (Join(command, waiter)) return;
  if (pending_.size() + waiting_.size() >= context_.options.max_commands ||
      bytes_ + Bytes(command) > context_.options.max_bytes) {
    waiter.reply(Failure(
        {ErrorCode::kTooManyRequests, "too many commands of this tenant are under way", {}, 1}));
    return;
  }
  bytes_ += Bytes(command);
  Waiting work{std::move(command), {}, context_.started_query + 1};
  work.waiters.push_back(std::move(waiter));
  waiting_.push_back(std::move(work));
}

// A command whose key is in flight already is not decided twice.
bool TenantPipeline::Join(const Command& command, Waiter& waiter) {
  Waiting* same = PendingUnderKeyOf(command);
  for (auto it = waiting_.begin(); same == nullptr && it != waiting_.end(); ++it) {
    if (HasKeyOf(command, it->command) && it->command.request == command.request) same = &*it;
  }
  if (same == nullptr || same->command.request != command.request) return false;
  same->waiters.push_back(std::move(waiter));
  return true;
}

Waiting* TenantPipeline::PendingUnderKeyOf(const Command& command) {
  for (Pending& pending : pending_) {
    if (pending.has_record && HasKeyOf(command, pending.work.command)) return &pending.work;
  }
  return nullptr;
}

// --- deciding ---

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
    return AddAnswer(
        std::move(work),
        Failure({ErrorCode::kUnavailable, "this tenant is parked: " + state().parked(), {}, 30}));
  }
  // A key that a 503 gave out is not in the record itself, so Decide does not find it while the
  // record is pending.
  const Waiting* under_key = PendingUnderKeyOf(work.command);
  if (under_key != nullptr && under_key->command.request != work.command.request) {
    return AddAnswer(std::move(work), Failure(KeyReused(*work.command.key)));
  }
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
  if (const auto* error = std::get_if<Error>(&decision)) answer.error = *error;
  AddAnswer(std::move(work), std::move(answer));
}

void TenantPipeline::AddRecord(Waiting&& work, Event event, Instant now) {
  if (context_.world.clock_fault) {
    if (std::string fault = context_.world.clock_fault(state().time()); !fault.empty()) {
      constexpr int kRetrySeconds = 30;
      return AddFailure(std::move(work),
                        {ErrorCode::kUnavailable, std::move(fault), {}, kRetrySeconds});
    }
  }
  Attempt attempt;
  attempt.record = MakeRecord(state(), work.command, std::move(event), context_.world);
  const WriterOptions& options = context_.options;
  Result<std::string> bytes = EncodeJudged(attempt.record, options.partition, options.partitions);
  if (!bytes) return AddFailure(std::move(work), bytes.error());
  if (bytes->size() > options.max_record_bytes) {
    return AddFailure(
        std::move(work),
        {ErrorCode::kTooLarge,
         "the record of this command would have " + std::to_string(bytes->size()) +
             " bytes; the log takes at most " + std::to_string(options.max_record_bytes)});
  }
  attempt.bytes = *std::move(bytes);
  attempt.slot = Head{attempt.record.envelope.sequence, Sha256(attempt.bytes)};
  if (!BeginFor(&work.waiters, work.command.key.value_or(KeyOf(attempt)))) {
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

void TenantPipeline::HandOver(Pending& pending, Instant now) {
  pending.token = ++context_.last_token;
  pending.stage = Pending::Stage::kInHand;
  pending.sent = now;
  pending.handed_over_at = context_.position;
  context_.outgoing.push_back({pending.token, tenant_.value, pending.current().bytes});
  resend_at_ = now + resend_pause_;
  send_again_at_ = resend_at_;
}

// --- the log answers ---

size_t TenantPipeline::FirstRecord() const {
  for (size_t i = 0; i < pending_.size(); ++i) {
    if (pending_[i].has_record) return i;
  }
  return kNone;
}

// A binary search, since tokens grow along the chain: a record is sent again only with all records
// after it.
size_t TenantPipeline::IndexOfToken(uint64_t token) const {
  auto it = std::lower_bound(pending_.begin(), pending_.end(), token,
                             [](const Pending& p, uint64_t t) { return p.token < t; });
  while (it != pending_.end() && it->token == token && !it->has_record) ++it;
  if (it == pending_.end() || it->token != token) return kNone;
  return static_cast<size_t>(it - pending_.begin());
}

void TenantPipeline::OnReport(const DeliveryReport& report, Instant now) {
  const size_t index = IndexOfToken(report.token);
  if (index == kNone) return;  // the record was resolved, or sent again since
  Pending& pending = pending_[index];
  switch (report.outcome) {
    case Delivery::kStored:
      if (report.offset < pending.handed_over_at) {  // this record cannot be stored there
        pending.stage = Pending::Stage::kLost;
        break;
      }
      pending.stored_at = report.offset;
      pending.rejected = false;
      if (pending.stage == Pending::Stage::kInHand) {
        pending.stage = Pending::Stage::kStored;
      }
      context_.fault.clear();
      rejected_pause_ = {};
      break;
    case Delivery::kUnknown:
      pending.stage = Pending::Stage::kLost;
      break;
    case Delivery::kDenied:
      Reject(pending, now, "the log takes no records now: " + report.reason);
      break;
    case Delivery::kNeverSent:
      DropAttempt(index, ReasonOf(report),
                  {ErrorCode::kTooLarge,
                   "the log does not take the record of this command: " + report.reason});
      break;
    case Delivery::kRefused:
      Refused(index, report, now);
      break;
  }
}

// The timer sends the record again, soon at first, because the operator who mends the cause waits.
void TenantPipeline::Reject(Pending& pending, Instant now, std::string why) {
  pending.stage = Pending::Stage::kRejected;
  pending.rejected = true;
  context_.fault = std::move(why);
  if (now < rejected_until_) return;  // another record that was sent together with a rejected one
  rejected_until_ = now + Grown(&rejected_pause_, kShortestRejectedPause, kLongestRejectedPause);
}

void TenantPipeline::Refused(size_t index, const DeliveryReport& report, Instant now) {
  Pending& pending = pending_[index];
  if (!pending.work.log_refusal.empty()) {  // the refused record is already the CommandRefused
    return Reject(pending, now, "the log refuses records: " + report.reason);
  }
  pending.work.log_refusal = ReasonOf(report);
  again_from_ = std::min(again_from_, index);
}

// Drops the newest attempt, which can never be history.
void TenantPipeline::DropAttempt(size_t index, const std::string& reason, Error error) {
  Pending& pending = pending_[index];
  pending.work.attempts.pop_back();
  again_from_ = std::min(again_from_, index);
  if (!pending.work.attempts.empty()) {
    pending.work.log_refusal = reason;  // an earlier attempt can still win, so its slot is filled
    return;
  }
  // Without waiters it is not decided again.
  ReplyAll(pending.work.waiters, Failure(std::move(error)));
}

// A record that was stored and read, and is neither history nor superseded, is foreign to every
// reader for ever. It is dropped, since sending it again would only make the log grow.
void TenantPipeline::DropUnreadable() {
  const auto is_unreadable = [this](const Pending& p) {
    return p.has_record && p.stage == Pending::Stage::kStored && p.stored_at < context_.position &&
           !p.work.attempts.empty();
  };
  const size_t first = FirstRecord();
  if (first == kNone || !is_unreadable(pending_[first])) return;
  const std::string reason = "the record of this command was read back as none of this log";
  for (size_t i = first; i < pending_.size(); ++i) {
    if (is_unreadable(pending_[i])) DropAttempt(i, reason, {ErrorCode::kInternal, reason});
  }
}

void TenantPipeline::OnHistory(const Judged& entry, Instant now) {
  turns_.OnHistory(entry, now);
  const size_t first = FirstRecord();
  if (first != kNone) {
    const auto& attempts = pending_[first].work.attempts;
    for (size_t i = 0; i < attempts.size(); ++i) {
      if (attempts[i].slot == Head{entry.sequence, entry.hash}) return Won(first, i, now);
    }
  }
  others_record_ = true;
}

void TenantPipeline::Won(size_t index, size_t attempt, Instant now) {
  Pending won = std::move(pending_[index]);
  pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(index));
  --records_;
  Forget(won.work.command);
  if (again_from_ != kNone && again_from_ > index) --again_from_;
  const Attempt& winner = won.work.attempts[attempt];
  if (attempt + 1 != won.work.attempts.size()) again_from_ = std::min(again_from_, index);
  // Smoothed by an eighth, as TCP smooths its round trips (RFC 6298).
  context_.round_trip += (now - won.sent - context_.round_trip) / 8;
  resend_pause_ = context_.options.resend_after;
  resend_at_ = now + resend_pause_;
  gone_pause_ = {};
  gone_until_ = {};
  if (state_) state_->Settle(winner.slot.sequence);
  if (records_ == 0) turns_.BatchWon(now);
  ReplyAll(won.work.waiters, AnswerOf(winner.record));
}

void TenantPipeline::OnSuperseded(const Judged& entry, Instant now) {
  stepped_over_ = true;
  for (Pending& pending : pending_) {
    // No attempts: its record was never sent, and it has not been decided again yet.
    if (pending.has_record && !pending.work.attempts.empty() &&
        pending.current().slot.hash == entry.hash) {
      pending.stage = Pending::Stage::kPassed;
      return;
    }
  }
  turns_.OnSuperseded(entry, now, records_ > 0);
}

// --- what has become due ---

void TenantPipeline::Advance(Instant now) {
  DropUnreadable();
  DecideAgain();
  Expire(now);
  Resend(now);
  DecideWaiting(now);
  Release();
  CheckInvariants();
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
      work.command.key.emplace(KeyOf(work.attempts.front()));
    }
    waiting_.push_front(std::move(work));
  }
}

// Sends the whole chain again, the same bytes, once for each gap. It waits while the log has a
// record of the chain in hand, since that record may fill the gap.
void TenantPipeline::Resend(Instant now) {
  const size_t first = FirstRecord();
  if (first == kNone) return;
  using Stage = Pending::Stage;
  for (const Pending& pending : pending_) {
    if (!pending.has_record || pending.stage != Stage::kInHand) continue;
    if (now >= resend_at_) resend_at_ = now + resend_pause_;
    send_again_at_ = resend_at_;
    return;
  }
  const Stage stage = pending_[first].stage;
  const bool gone = stage == Stage::kPassed || stage == Stage::kLost;
  const bool rejected = stage == Stage::kRejected;
  send_again_at_ = gone ? gone_until_ : rejected ? rejected_until_ : resend_at_;
  if (now < send_again_at_) return;
  if (gone) {
    gone_until_ = now + Grown(&gone_pause_, kShortestGonePause, kLongestGonePause);
  } else if (!rejected) {
    resend_pause_ = std::min(2 * resend_pause_, kLongestPause * context_.options.resend_after);
  }
  for (Pending& pending : pending_) {
    if (pending.has_record) {
      HandOver(pending, now);
    } else {
      pending.token = context_.last_token;
    }
  }
}

// Sends the answers without a record. They are true once all records that they were decided on are
// history, and this instance has applied what the log held when the command came in.
void TenantPipeline::Release() {
  while (!pending_.empty() && !pending_.front().has_record) {
    Pending& front = pending_.front();
    if (!front.target && context_.answered_query >= front.work.end_query) {
      front.target = context_.end;
    }
    if (!front.target || context_.position < *front.target) return;
    Forget(front.work.command);
    Pending released = std::move(front);
    pending_.pop_front();
    ReplyAll(released.work.waiters, released.answer);
  }
}

// --- deadlines ---

Answer TenantPipeline::GiveUp(Waiting& work, bool has_record) const {
  if (has_record && !work.attempts.empty() && !work.command.key) {
    work.command.key.emplace(KeyOf(work.attempts.back()));
  }
  if (!work.command.key) {
    return Failure({ErrorCode::kUnavailable, "not decided in time; nothing was done", {}, 1});
  }
  return Failure({ErrorCode::kUnknownOutcome,
                  "the log did not confirm in time, so the outcome is unknown; a retry with this "
                  "Idempotency-Key is safe",
                  {},
                  1,
                  *work.command.key});
}

void TenantPipeline::Expire(Instant now) {
  if (now < expiry_) return;
  expiry_ = Instant::max();
  const auto expire = [&](Waiting& work, bool has_record) {
    auto due = std::stable_partition(work.waiters.begin(), work.waiters.end(),
                                     [&](const Waiter& w) { return w.deadline > now; });
    for (auto it = work.waiters.begin(); it != due; ++it) expiry_ = std::min(expiry_, it->deadline);
    if (due == work.waiters.end()) return;
    std::vector<Waiter> late(std::make_move_iterator(due),
                             std::make_move_iterator(work.waiters.end()));
    work.waiters.erase(due, work.waiters.end());
    ReplyAll(late, GiveUp(work, has_record));
  };
  for (Pending& pending : pending_) expire(pending.work, pending.has_record);
  for (Waiting& waiting : waiting_) expire(waiting, /*has_record=*/false);
  const auto forget = [&](const Waiting& work) {
    if (work.waiters.empty()) Forget(work.command);
    return work.waiters.empty();
  };
  std::erase_if(pending_, [&](const Pending& p) { return !p.has_record && forget(p.work); });
  std::erase_if(waiting_, forget);
}

void TenantPipeline::Abandon(const std::string& why) {
  const auto answer = [&](Waiting& work, bool has_record) {
    Answer given_up = GiveUp(work, has_record);
    given_up.error->message = why + "; " + given_up.error->message;
    ReplyAll(work.waiters, given_up);
  };
  for (Pending& pending : pending_) answer(pending.work, pending.has_record);
  for (Waiting& waiting : waiting_) answer(waiting, /*has_record=*/false);
  pending_.clear();
  waiting_.clear();
  records_ = 0;
  bytes_ = 0;
}

bool TenantPipeline::rejected() const {
  return std::any_of(pending_.begin(), pending_.end(), [](const Pending& p) { return p.rejected; });
}

size_t TenantPipeline::unanswered() const {
  size_t count = 0;
  for (const Pending& pending : pending_) count += pending.work.waiters.size();
  for (const Waiting& waiting : waiting_) count += waiting.waiters.size();
  return count;
}

std::optional<Instant> TenantPipeline::NextTimer() const {
  Instant next = expiry_;
  if (!waiting_.empty() && records_ == 0) next = std::min(next, turns_.hold_until());
  if (records_ > 0) next = std::min(next, send_again_at_);
  if (next == Instant::max()) return std::nullopt;
  return next;
}

}  // namespace contacts
