#include "infra/instance/follower.h"

#include <iterator>
#include <map>
#include <utility>

namespace contacts {
namespace {

// Several of the projector's batches, so that those after the first are decoded ahead.
constexpr size_t kEntriesPerStep = 4000;
constexpr uint64_t kStartQuery = 0;  // queries of AskEnd begin at 1

constexpr const char* kAnotherLog =
    "the log is not the one that the read models were made from: it was cut, replaced or made "
    "anew. Bring the right log back; or, if this log is right, remove the read models and start "
    "again: they are then made from it";

}  // namespace

Follower::Follower(LogPartition& log, Projector& projector, Applied applied)
    : log_(log), projector_(projector), applied_(std::move(applied)) {
  const Offset next = position();
  check_before_ = next.value > 0;
  log_.Seek(check_before_ ? Offset{next.value - 1} : next);
  AskEnd(kStartQuery);
}

// While entries are held, only reports and ends are read.
Polled Follower::Poll() {
  if (!fault_.empty()) return {};
  return log_.Poll(held_.empty() ? kEntriesPerStep : 0);
}

Followed Follower::Apply(Polled polled) {
  if (!fault_.empty()) return {};
  Followed followed;
  followed.more = polled.entries.size() == kEntriesPerStep || !held_.empty();
  if (!CheckPlace(polled.entries)) {
    StandStill(kAnotherLog);
    return {};
  }
  std::move(polled.entries.begin(), polled.entries.end(), std::back_inserter(held_));
  if (polled.end_query) {
    held_query_ = polled.end_query;
    held_end_ = polled.end;
  }
  ApplyHeld(&followed);
  if (!held_.empty()) followed.more = false;
  followed.erasures = projector_.TakeErasures();  // also of tenants that went on at the start
  if (held_.empty() && held_query_) {
    const uint64_t query = *std::exchange(held_query_, std::nullopt);
    if (CheckEnd(query, held_end_) && query > kStartQuery) {
      followed.end_query = query;
      followed.end = held_end_;
    }
  }
  caught_up_ = caught_up_ || (start_end_ && position() >= *start_end_ && !check_before_);
  if (polled.fault) StandStill(polled.fault->message);
  return followed;
}

// Applies what was read, up to the first record that waits for its keys.
void Follower::ApplyHeld(Followed* followed) {
  if (held_.empty() || projector_.WaitsForKeys()) return;
  followed->judged = projector_.Apply(held_);
  if (followed->judged.size() == held_.size()) {
    followed->entries = std::exchange(held_, {});
  } else {
    const auto applied = held_.begin() + static_cast<std::ptrdiff_t>(followed->judged.size());
    followed->entries.assign(std::make_move_iterator(held_.begin()),
                             std::make_move_iterator(applied));
    held_.erase(held_.begin(), applied);
  }
  Announce(followed->judged);
}

// False: it is another log. Removes the entry before the checkpoint, by which the log was checked.
bool Follower::CheckPlace(std::vector<LogEntry>& entries) {
  if (!check_before_ || entries.empty()) return true;
  check_before_ = false;
  if (!IsBeforeCheckpoint(entries.front())) return false;
  entries.erase(entries.begin());
  return true;
}

bool Follower::IsBeforeCheckpoint(const LogEntry& entry) const {
  const CheckpointRow& checkpoint = projector_.checkpoint();
  return entry.offset.value + 1 == checkpoint.next.value &&
         Sha256(entry.value) == checkpoint.before && entry.appended == checkpoint.before_appended;
}

void Follower::AskEnd(uint64_t query) {
  asked_query_ = query;
  asked_at_ = position();
  log_.QueryEnd(query);
}

// The log only grows: it cannot end before the position at which its end was asked for. Only the
// newest query is compared, because an older one was asked at an earlier position.
bool Follower::CheckEnd(uint64_t query, Offset end) {
  if (query == asked_query_ && end < asked_at_) {
    StandStill(kAnotherLog);
    return false;
  }
  if (!start_end_) start_end_ = end;
  return true;
}

void Follower::Announce(const std::vector<Judged>& judged) const {
  std::map<TenantId, Sequence> newest;
  for (const Judged& entry : judged) {
    if (entry.verdict == Judged::Verdict::kHistory) newest[entry.tenant] = entry.sequence;
  }
  for (const auto& [tenant, sequence] : newest) applied_(tenant, sequence);
}

int64_t Follower::entries_left() const {
  if (!start_end_ || caught_up_) return 0;
  return start_end_->value - position().value;
}

void Follower::StandStill(const std::string& why) {
  if (fault_.empty()) fault_ = why;
}

bool CatchUp(Follower& follower, LogWake& wake, std::chrono::milliseconds patience) {
  while (!follower.caught_up()) {
    const bool more = follower.Step().more;
    if (!follower.fault().empty()) return false;
    if (more || follower.caught_up()) continue;
    if (!wake.WaitUntil(LogWake::Clock::now() + patience)) return false;
  }
  return true;
}

}  // namespace contacts
