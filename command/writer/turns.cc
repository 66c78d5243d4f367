#include "command/writer/turns.h"

#include <algorithm>
#include <utility>

namespace contacts {
namespace {

// One batch in 64 is waited for only a quarter as long, to find out whether its writer is slow or
// had nothing to send. A slow writer is then late, and so loses at most every 64th of its turns.
constexpr int kFindOut = 64;
constexpr int kShorter = 4;
// A batch may take half as long again as the last one did, so that ordinary jitter costs no turn.
constexpr int kMarginPercent = 150;
// A pause falls by a quarter of the difference with each batch, so that one fast batch does not
// cost its writer the next turn. It rises in one step (See doubles it).
constexpr int kSmoothing = 4;

}  // namespace

Turns::Other& Turns::See(const Judged& entry, Instant now) {
  std::erase_if(others_, [&](const auto& o) { return now >= o.second.seen + kRemembered; });
  const auto [it, fresh] = others_.try_emplace(entry.writer);
  Other& other = it->second;
  if (fresh) other.pause = 2 * round_trip_;
  // A record that was in flight when the turn came does not show that its writer is still active.
  if (other.passed_over && entry.sequence > other.passed_over->sequence) {
    const bool late = entry.previous == other.passed_over->hash;
    if (late) other.pause = std::min<std::chrono::nanoseconds>(2 * other.pause, kLongestPause);
    other.passed_over.reset();
  }
  other.seen = last_seen_ = now;
  return other;
}

bool Turns::IsAhead(const Other& other, Instant now) const {
  return other.Contends(now) && other.won < won_;
}

void Turns::OnHistory(const Judged& entry, Instant now) {
  const bool new_batch = std::exchange(last_winner_, entry.writer) != entry.writer;
  const auto took = now - std::exchange(last_win_, now);
  if (entry.writer == ours_) {
    won_ = entry.sequence;
    line_moved_ = now;
    return;
  }
  Other& other = See(entry, now);
  if (new_batch) Measure(took, &other);
  if (IsAhead(other, now)) line_moved_ = now;
  other.won = entry.sequence;
  Hold(now);
}

// `took`: the time since the batch before. The writer may be slow, or had nothing to send for some
// of that time.
void Turns::Measure(std::chrono::nanoseconds took, Other* other) {
  if (++other->batches % kFindOut == 0) other->pause /= kShorter;
  const auto enough = took * kMarginPercent / 100;
  if (enough < other->pause) other->pause -= (other->pause - enough) / kSmoothing;
}

void Turns::OnSuperseded(const Judged& entry, Instant now, bool in_flight) {
  if (entry.writer == ours_) return;
  See(entry, now);
  if (!in_flight) Hold(now);
}

void Turns::Hold(Instant now) {
  hold_until_ = line_moved_;
  for (const auto& [tag, other] : others_) {
    if (!IsAhead(other, now)) continue;
    // A round trip can be longer than the longest pause.
    hold_until_ += std::max<std::chrono::nanoseconds>(
        round_trip_, std::min<std::chrono::nanoseconds>(other.pause, kLongestPause));
  }
}

void Turns::Send(const Head& head, Instant now) {
  for (auto& [tag, other] : others_) {
    if (!IsAhead(other, now)) continue;
    other.passed_over = head;
  }
}

bool Turns::Contended(Instant now) const {
  return std::any_of(others_.begin(), others_.end(),
                     [&](const auto& o) { return o.second.Contends(now); });
}

}  // namespace contacts
