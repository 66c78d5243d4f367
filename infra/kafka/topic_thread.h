// Reads a topic of one partition at all times, on a thread of its own, and appends to it for other
// threads.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "events/event_log.h"
#include "events/values/result.h"
#include "events/values/time.h"
#include "infra/base/system_clock.h"

namespace contacts::kafka {

// Any thread. The errors are kUnavailable and say what happened in the words of the log.
class TopicThread {
 public:
  using Time = std::chrono::milliseconds;
  using Entry = std::pair<std::string, std::string>;  // key, value
  // What the thread tells of the topic. Called on the thread; they must not call back.
  struct Reader {
    // Entries in log order, beginning at the first one of the topic.
    std::function<void(const std::vector<LogEntry>&)> take;
    // The topic was out of reach for so long that compaction may have removed entries that said
    // that others were erased: all of its entries are taken once more, from the first one on. The
    // partition remembers what it read, so another topic in the place of this one is a fault.
    std::function<void()> again;
    // That came to its end: what was not taken since `again` is not in the topic any more.
    std::function<void()> whole;
  };
  struct Options {
    Time longest_away = std::chrono::hours(84);
    Time ask_every = std::chrono::minutes(1);  // for the end, to know that the topic is in reach
    std::function<Timestamp()> clock = SystemTime;
  };

  TopicThread(std::unique_ptr<LogPartition> log, Reader reader, Options options);
  ~TopicThread();

  // True: all are durable, and were taken. After an error any of them may be stored, or be stored
  // later.
  Result<bool> Append(std::vector<Entry> entries, Time time);
  // True: all that the topic held at the call was taken. `time` ends waiting, not reading.
  Result<bool> CatchUp(Time time);
  // The lasting fault of the partition, after which nothing more is read; empty: none.
  std::string fault() const;

 private:
  // The reports that a call of Append waits for.
  struct Reports {
    size_t missing = 0;
    Offset last{-1};     // of the entries that are stored
    std::string failed;  // why one is not
  };

  // A moment by both clocks: one stands still while the machine sleeps, and the other one is set.
  struct Moment {
    std::chrono::steady_clock::time_point steady;
    Timestamp time;
  };

  void Run();
  void Step(std::unique_lock<std::mutex>& lock);
  Moment Now() const;
  bool WasAway(const Moment& now) const;
  void BeginAgain(const Moment& now);
  void Note(const Polled& polled);
  Result<bool> WaitFor(std::unique_lock<std::mutex>& lock, Time time,
                       const std::function<bool()>& done);

  const std::unique_ptr<LogPartition> log_;  // used by the thread alone
  const Reader reader_;
  const Options options_;

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  std::condition_variable changed_;
  bool awake_ = false;
  bool ending_ = false;
  std::vector<Outgoing> outgoing_;
  uint64_t tokens_ = 0;
  std::map<uint64_t, std::shared_ptr<Reports>> expected_;
  Offset read_{0};          // after the newest entry that was taken
  uint64_t asked_ = 0;      // the newest question for the end of the topic,
  uint64_t queried_ = 0;    // the newest one that the log was asked,
  uint64_t answered_ = 0;   // the newest one that was answered with end_,
  uint64_t caught_up_ = 0;  // and the newest one whose end was read
  Offset end_{0};
  Moment whole_;        // when all that the topic held was known to be read, or `again` began
  bool again_ = false;  // all is taken once more, until
  uint64_t until_ = 0;  // the end is read that this question asked for
  std::string fault_;
  std::thread thread_;
};

}  // namespace contacts::kafka
