#include "command/writer/tenant_pipeline.h"

#include <algorithm>

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

// So many pending commands are compared with an entry that was read: records come back in their
// order, and those of other instances are none of them.
constexpr size_t kLookedAt = 512;

bool HasKeyOf(const Command& command, const Command& other) {
  return command.key && command.key == other.key && command.actor == other.actor;
}

}  // namespace

TenantPipeline::TenantPipeline(WriterContext& context, TenantId tenant)
    : context_(context),
      tenant_(std::move(tenant)),
      turns_(context.world.writer, context.round_trip),
      resend_pause_(context.options.resend_after) {}

TenantState& TenantPipeline::state() {
  if (!state_) state_ = std::make_unique<TenantState>(context_.lookup, context_.keyring, tenant_);
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

// --- answers go out ---

void TenantPipeline::Advance(Instant now) {
  DropUnreadable();
  DecideAgain();
  Expire(now);
  Resend(now);
  DecideWaiting(now);
  Release();
  CheckInvariants();
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
    work.command.key.emplace(KeyOf(work.attempts.back(), context_.epoch));
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

// --- what the writer asks ---

const Record* TenantPipeline::Made(const Hash& hash) const {
  const size_t looked_at = std::min(pending_.size(), kLookedAt);
  for (size_t i = 0; i < looked_at; ++i) {
    for (const Attempt& attempt : pending_[i].work.attempts) {
      if (attempt.slot.hash == hash) return &attempt.record;
    }
  }
  return nullptr;
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
