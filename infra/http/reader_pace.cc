#include "infra/http/reader_pace.h"

#include <algorithm>

namespace contacts::http {
namespace {

// Less does not count as progress: a single byte now and then would keep an answer for ever.
constexpr size_t kProgressBytes = 16 * 1024;

}  // namespace

ReaderPace::ReaderPace(Clock::duration patience, size_t min_rate)
    : patience_(patience), min_rate_(min_rate) {}

void ReaderPace::Begin(Clock::time_point now, size_t bytes, size_t untaken) {
  begin_ = progress_ = now;
  untaken_ = untaken;
  since_progress_ = 0;
  deadline_ = now + patience_ + TimeFor(bytes);
}

void ReaderPace::Add(size_t bytes) { deadline_ += TimeFor(bytes); }

void ReaderPace::Took(Clock::time_point now, size_t written, size_t untaken) {
  const size_t most = untaken_ + written;
  since_progress_ += most - std::min(most, untaken);
  untaken_ = untaken;
  if (since_progress_ < kProgressBytes) return;
  progress_ = now;
  since_progress_ = 0;
}

bool ReaderPace::TooSlow(Clock::time_point now) const {
  return now - progress_ > patience_ || (min_rate_ > 0 && now > deadline_);
}

ReaderPace::Clock::duration ReaderPace::TimeFor(size_t bytes) const {
  if (min_rate_ == 0) return {};
  const std::chrono::duration<double> seconds(static_cast<double>(bytes) /
                                              static_cast<double>(min_rate_));
  return std::chrono::duration_cast<Clock::duration>(seconds);
}

}  // namespace contacts::http
