// The signals that end the server, handled by a thread of their own, so that the process ends when
// it is told to, however long its main thread is busy.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace contacts {

// SIGTERM and SIGINT end the process; SIGHUP is noted; SIGPIPE is ignored. Make it before any other
// thread is started, and destroy it after all of them: they inherit the signals that it blocks.
class Signals {
 public:
  // A SIGHUP that comes before the object exists waits for it, instead of ending the process.
  static void HoldHangups();

  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  // The file is removed when a signal ends the process immediately.
  void RemoveAtTheEnd(std::string path);

  // Before Serving, a signal ends the process immediately with exit code 0: no user has been
  // answered yet, and the stores survive a crash. Afterwards WaitFor returns the first signal, and
  // the next one ends the process immediately with 1.
  void Serving();
  // The process goes down for another reason: the next signal ends it immediately with 1.
  void GoingDown();

  // The signal that came, except SIGHUP; 0: none came in that time.
  int WaitFor(std::chrono::milliseconds time);
  // True: SIGHUP came since the last call.
  bool TakeHangup() { return hung_up_.exchange(false); }

 private:
  enum class Phase { kStarting, kServing, kGoingDown };

  void Run();
  void NoteHangup();
  [[noreturn]] void End(int signal, Phase phase);

  std::mutex mutex_;
  std::condition_variable changed_;
  Phase phase_ = Phase::kStarting;
  int came_ = 0;
  std::string path_;
  std::atomic<bool> hung_up_{false};
  std::atomic<bool> stopping_{false};
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace contacts
