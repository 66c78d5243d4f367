// How fast a client must take the rest of an answer that its socket did not take immediately.
#pragma once

#include <chrono>
#include <cstddef>

namespace contacts::http {

// Two rules: some progress within each `patience` (16 KiB, or all that is left), and everything
// within `patience` plus its size at `min_rate` bytes a second (0: only the first rule). The caller
// says what time it is.
class ReaderPace {
 public:
  using Clock = std::chrono::steady_clock;

  ReaderPace(Clock::duration patience, size_t min_rate);

  // The reader begins to be waited for, until it has taken `bytes` in all. `untaken`, here and
  // below, are the written bytes that it has not taken yet: between two writes the kernel may hold
  // a quarter of a megabyte, for which a slow line needs longer than `patience`.
  void Begin(Clock::time_point now, size_t bytes, size_t untaken = 0);
  // `bytes` more were queued.
  void Add(size_t bytes);
  // To be called repeatedly, also when nothing could be written.
  void Took(Clock::time_point now, size_t written, size_t untaken = 0);
  bool TooSlow(Clock::time_point now) const;
  // The time since Begin.
  Clock::duration Waited(Clock::time_point now) const { return now - begin_; }

 private:
  Clock::duration TimeFor(size_t bytes) const;

  const Clock::duration patience_;
  const size_t min_rate_;
  Clock::time_point begin_;
  Clock::time_point progress_;
  Clock::time_point deadline_;
  size_t untaken_ = 0;         // at the last look
  size_t since_progress_ = 0;  // bytes taken since progress_
};

}  // namespace contacts::http
