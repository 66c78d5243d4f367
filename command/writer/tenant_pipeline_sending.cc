// Handing records to the log, and what the log then says: reports, history, superseded entries.
#include <algorithm>

#include "command/rules/decide.h"
#include "command/writer/tenant_pipeline.h"

namespace contacts {
namespace {

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

std::string ReasonOf(const DeliveryReport& report) {
  return report.reason.empty() ? "no reason given" : report.reason;
}

// Doubles the pause, within the bounds.
std::chrono::milliseconds Grown(std::chrono::milliseconds* pause,
                                std::chrono::milliseconds shortest,
                                std::chrono::milliseconds longest) {
  return *pause = std::clamp(2 * *pause, shortest, longest);
}

}  // namespace

void TenantPipeline::HandOver(Pending& pending, Instant now) {
  pending.token = ++context_.last_token;
  pending.stage = Pending::Stage::kInHand;
  pending.sent = now;
  pending.handed_over_at = context_.position;
  context_.outgoing.push_back({pending.token, tenant_.value, pending.current().bytes});
  resend_at_ = now + resend_pause_;
  send_again_at_ = resend_at_;
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

// --- reports ---

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
    pending.work.log_refusal = reason;  // an earlier attempt can win: fill its slot
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

// --- entries that were read ---

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

}  // namespace contacts
