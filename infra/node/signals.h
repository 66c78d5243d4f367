// The signals that end the server, heard by a thread of their own: no phase of the process, however
// long its own thread is busy, keeps it from ending when it is told to.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace contacts {

// SIGTERM and SIGINT end the process; SIGHUP makes a log line; SIGPIPE is ignored. Make it before
// any other thread is started, and destroy it after all of them: they inherit what it blocks.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // Removed when a signal ends the process at once.
  void RemoveAtTheEnd(std::string path);

  // Before Serving, a signal ends the process at once with exit code 0: no user has been answered
  // yet, and what is on disk is safe against a crash.
  // Afterwards WaitFor returns the first signal, and the next one ends the process at once with 1.
  void Serving();
  // The process goes down for another reason: the next signal ends it at once with 1.
  void GoingDown();

  // The signal that came; 0: none came in that time.
  int WaitFor(std::chrono::milliseconds time);

 private:
  enum class Phase { kStarting, kServing, kGoingDown };

  void Run();
  [[noreturn]] void End(int signal, Phase phase);

  std::mutex mutex_;
  std::condition_variable changed_;
  Phase phase_ = Phase::kStarting;
  int came_ = 0;
  std::string path_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace contacts
