#include "infra/instance/partition_loop.h"

#include <map>
#include <utility>

namespace contacts {
namespace {

// Several of the projector's batches: what is behind the first is decoded ahead.
constexpr size_t kEntriesPerRound = 4000;
constexpr uint64_t kStartQuery = 0;  // the writer's begin at 1

constexpr const char* kAnotherLog =
    "the log is not the one that the read models were made from: it was cut, replaced or made "
    "anew. "
    "Bring the right log back; or, if this log is right, remove the read models and start again: "
    "they are then made from it";

}  // namespace

PartitionLoop::PartitionLoop(LogPartition& log, Projector& projector, Writer& writer,
                             Applied applied)
    : log_(log), projector_(projector), writer_(writer), applied_(std::move(applied)) {
  const Offset next = projector_.checkpoint().next;
  check_before_ = next.value > 0;
  writer_.OnJudged({}, next, Instant{});
  log_.Seek(check_before_ ? Offset{next.value - 1} : next);
  AskEnd(kStartQuery);
}

void PartitionLoop::Take(std::vector<Submission>& submissions, Instant now) {
  for (Submission& submission : std::exchange(submissions, {})) {
    if (!fault_.empty() || !caught_up_) {
      submission.reply(NotTaken(submission.command,
                                fault_.empty() ? "still catching up with the log" : fault_, 1));
    } else {
      writer_.Submit(std::move(submission.command), std::move(submission.reply), now);
    }
  }
}

bool PartitionLoop::Step(std::vector<Submission>& submissions, Instant now) {
  if (!fault_.empty()) {
    Take(submissions, now);
    return false;
  }
  Polled polled = log_.Poll(kEntriesPerRound);
  writer_.OnReports(polled.reports, now);
  const bool full = polled.entries.size() == kEntriesPerRound;
  if (!TakeEntries(std::move(polled.entries), now)) {
    Take(submissions, now);
    return false;
  }
  if (polled.end_query) {
    CheckEnd(polled.end);
    if (*polled.end_query > kStartQuery) writer_.OnEnd(*polled.end_query, polled.end);
  }
  if (polled.fault) Abandon(polled.fault->message);
  Take(submissions, now);
  if (!fault_.empty()) return false;
  writer_.Advance(now);
  if (std::vector<Outgoing> outgoing = writer_.TakeOutgoing(); !outgoing.empty()) {
    log_.Append(std::move(outgoing));
  }
  if (const auto query = writer_.TakeEndQuery()) AskEnd(*query);
  return full;
}

bool PartitionLoop::TakeEntries(std::vector<LogEntry> entries, Instant now) {
  if (entries.empty()) return true;
  if (check_before_) {
    check_before_ = false;
    if (!IsSameLog(entries.front())) {
      Abandon(kAnotherLog);
      return false;
    }
    entries.erase(entries.begin());
  }
  if (entries.empty()) return NoteProgress();
  const std::vector<Judged> judged = projector_.Apply(entries);
  Announce(judged);
  const Offset position = projector_.checkpoint().next;
  writer_.OnJudged(judged, position, now);
  return NoteProgress();
}

bool PartitionLoop::NoteProgress() {
  const Offset position = projector_.checkpoint().next;
  caught_up_ = caught_up_ || (start_end_ && position >= *start_end_ && !check_before_);
  return true;
}

bool PartitionLoop::IsSameLog(const LogEntry& before) {
  const CheckpointRow& checkpoint = projector_.checkpoint();
  return before.offset.value + 1 == checkpoint.next.value &&
         Sha256(before.value) == checkpoint.before && before.appended == checkpoint.before_appended;
}

void PartitionLoop::AskEnd(uint64_t query) {
  asked_at_ = projector_.checkpoint().next;
  log_.QueryEnd(query);
}

// The log only grows: it cannot end before what was read of it when it was asked.
void PartitionLoop::CheckEnd(Offset end) {
  if (end < asked_at_) return Abandon(kAnotherLog);
  if (!start_end_) start_end_ = end;
  NoteProgress();
}

void PartitionLoop::Announce(const std::vector<Judged>& judged) {
  std::map<TenantId, Sequence> newest;
  for (const Judged& entry : judged) {
    if (entry.verdict == Judged::Verdict::kHistory) newest[entry.tenant] = entry.sequence;
  }
  for (const auto& [tenant, sequence] : newest) applied_(tenant, sequence);
}

int64_t PartitionLoop::entries_left() const {
  if (!start_end_ || caught_up_) return 0;
  return start_end_->value - projector_.checkpoint().next.value;
}

void PartitionLoop::Abandon(const std::string& why) {
  if (fault_.empty()) fault_ = why;
  writer_.Abandon(why);
}

}  // namespace contacts
