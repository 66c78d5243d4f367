#include "infra/instance/partition_loop.h"

#include <algorithm>
#include <utility>

namespace contacts {
namespace {

// Requests that wait for a position are bounded elsewhere; those that ended meanwhile are not.
constexpr size_t kMostEnds = 20'000;

}  // namespace

PartitionLoop::PartitionLoop(LogPartition& log, Projector& projector, Writer& writer,
                             Follower::Applied applied, Erased erased)
    : log_(log),
      writer_(writer),
      erased_(std::move(erased)),
      follower_(log, projector, std::move(applied)) {
  projector.UseMade(&writer_);
  writer_.OnJudged({}, follower_.position(), Instant{});
}

bool PartitionLoop::Step(std::vector<SubmittedCommand>& submissions, Instant now) {
  const bool more = fault().empty() && Follow(now);
  Take(submissions, now);
  if (!fault().empty()) {
    ends_.clear();
    return false;
  }
  TellEnds();
  Write(now);
  return more;
}

// The writer hears of reports, entries and the end, in this order. True: the log may have more
// entries ready.
bool PartitionLoop::Follow(Instant now) {
  Polled polled = follower_.Poll();
  writer_.OnReports(polled.reports, now);
  const Followed followed = follower_.Apply(std::move(polled));
  TellErasures(followed);
  if (!followed.judged.empty()) writer_.OnJudged(followed.judged, follower_.position(), now);
  if (followed.end_query) writer_.OnEnd(*followed.end_query, followed.end);
  if (!fault().empty()) writer_.Abandon(fault());
  return followed.more;
}

void PartitionLoop::TellErasures(const Followed& followed) const {
  if (!erased_) return;
  for (const Erasure& erasure : followed.erasures) {
    const auto made_here = [&](const Judged& entry) {
      return entry.tenant == erasure.tenant && entry.sequence == erasure.at &&
             entry.verdict == Judged::Verdict::kHistory && entry.writer == writer_.tag();
    };
    const auto& judged = followed.judged;
    erased_(erasure, std::any_of(judged.begin(), judged.end(), made_here));
  }
}

void PartitionLoop::Take(std::vector<SubmittedCommand>& submissions, Instant now) {
  for (SubmittedCommand& submission : std::exchange(submissions, {})) {
    if (!fault().empty() || !caught_up()) {
      submission.reply(NotTaken(submission.command,
                                fault().empty() ? "still catching up with the log" : fault(), 1));
    } else {
      writer_.Submit(std::move(submission.command), std::move(submission.reply), now);
    }
  }
}

void PartitionLoop::Write(Instant now) {
  writer_.Advance(now);
  if (std::vector<Outgoing> outgoing = writer_.TakeOutgoing(); !outgoing.empty()) {
    log_.Append(std::move(outgoing));
  }
  if (const auto query = writer_.TakeEndQuery()) follower_.AskEnd(*query);
}

void PartitionLoop::AskEnd(std::function<void()> applied) {
  if (!fault().empty() || ends_.size() >= kMostEnds) return;
  ends_.push_back({writer_.WantEnd(), std::nullopt, std::move(applied)});
}

void PartitionLoop::TellEnds() {
  std::vector<EndWait> waits;
  for (EndWait& wait : std::exchange(ends_, {})) {
    if (!wait.end && writer_.answered_query() >= wait.query) wait.end = writer_.end();
    const bool applied = wait.end && follower_.position() >= *wait.end;
    (applied ? waits : ends_).push_back(std::move(wait));
  }
  for (const EndWait& wait : waits) wait.applied();
}

void PartitionLoop::Abandon(const std::string& why) {
  follower_.StandStill(why);
  writer_.Abandon(why);
}

}  // namespace contacts
