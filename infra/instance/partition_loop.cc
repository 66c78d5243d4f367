#include "infra/instance/partition_loop.h"

#include <utility>

namespace contacts {

PartitionLoop::PartitionLoop(LogPartition& log, Projector& projector, Writer& writer,
                             Follower::Applied applied)
    : log_(log), writer_(writer), follower_(log, projector, std::move(applied)) {
  writer_.OnJudged({}, follower_.position(), Instant{});
}

bool PartitionLoop::Step(std::vector<SubmittedCommand>& submissions, Instant now) {
  const bool more = fault().empty() && Follow(now);
  Take(submissions, now);
  if (!fault().empty()) return false;
  Write(now);
  return more;
}

// The writer hears of reports, entries and the end, in this order. True: the log may have more
// entries ready.
bool PartitionLoop::Follow(Instant now) {
  Polled polled = follower_.Poll();
  writer_.OnReports(polled.reports, now);
  const Followed followed = follower_.Apply(std::move(polled));
  if (!followed.judged.empty()) writer_.OnJudged(followed.judged, follower_.position(), now);
  if (followed.end_query) writer_.OnEnd(*followed.end_query, followed.end);
  if (!fault().empty()) writer_.Abandon(fault());
  return followed.more;
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

void PartitionLoop::Abandon(const std::string& why) {
  follower_.StandStill(why);
  writer_.Abandon(why);
}

}  // namespace contacts
