// Sees to it that the bytes of erased people leave the files of this instance and the topic of
// secrets (docs/erasure.md). An erasure removes rows, keys and hashes; their bytes stay in files
// until those are rewritten, and in segments of the topic until Kafka compacts them.
//
// Many erasures in a short time cost one cleaning. What is left when the process ends is done after
// the next start: the local store keeps which erasures were cleaned, and the views know all of
// them.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "events/values/ids.h"
#include "events/values/result.h"
#include "events/values/time.h"
#include "infra/base/growing_pause.h"
#include "infra/base/heartbeat.h"
#include "infra/base/system_clock.h"
#include "projections/store/view_store.h"

namespace contacts {

// Names the erasures that the views know, of all tenants: another text after each further one.
// Empty: none. Throws StoreFailure.
std::string ErasuresIn(const ViewReader& views);

// Any thread.
class Cleaning {
 public:
  using Time = std::chrono::milliseconds;

  // A step returns false when `stop` became true, and an error when it must be tried again.
  using Step = std::function<Result<bool>(std::atomic<bool>& stop)>;
  struct Parts {
    std::function<std::string()> erasures;         // ErasuresIn
    std::function<Result<std::string>()> cleaned;  // of which the newest cleaning was noted
    std::function<Result<bool>(const std::string&)> note_cleaned;  // durably
    std::vector<Step> steps;  // in this order: the first destroys keys and hashes
    // How many entries of the topic hold what was erased. It also appends to the topic, so that
    // Kafka ends its segments. Empty: there is no topic.
    std::function<Result<int64_t>(std::atomic<bool>& stop)> left_in_topic = {};
    // Directories that an operator kept, and that may hold people erased since.
    std::function<std::vector<std::string>()> kept = {};
  };
  struct Options {
    Time every = std::chrono::minutes(10);       // between the beginnings of two cleanings
    Time after_start = std::chrono::minutes(1);  // of what an earlier process left
    Time first_retry{500};
    Time longest_retry = std::chrono::minutes(5);
    std::function<Timestamp()> clock = SystemTime;
  };
  struct State {
    std::optional<Timestamp> due_since;  // nullopt: no bytes of erased people are left here
    std::optional<Timestamp> last_done;  // since the start
    std::string waits_for;               // why it is not done yet; empty: it begins soon or is done
    int64_t done = 0;                    // cleanings since the start
  };

  // All that the parts use must outlive it.
  Cleaning(Parts parts, Options options);
  ~Cleaning() { Stop(); }

  // Begins to work: with what an earlier process left, then after each erasure. Without it, what is
  // due stays due.
  void Start();
  // Somebody of the tenant was erased: what is kept in memory of it goes at once. Never waits.
  void Erased(const TenantId& tenant);
  // Erased calls `forget`, which must not wait.
  void OnErased(std::function<void(const TenantId&)> forget);
  // Somebody waits for it: if a cleaning is due, it begins now.
  void AskNow();
  State state() const;
  // For the operator: why bytes are left for longer than usual, and which directories to remove;
  // empty: neither.
  std::string Warning() const;

  // Ends the work; the next start goes on.
  void Stop();

 private:
  using Clock = std::chrono::steady_clock;

  void Run();
  Result<bool> CleanOnce();
  Result<bool> CleanFiles(const std::string& erasures);
  void Note(uint64_t erased, const Result<bool>& done);
  void BeDue(Clock::time_point at);

  const Parts parts_;
  const Options options_;
  std::atomic<bool> stop_{false};
  std::optional<std::string> files_cleaned_;  // of which erasures; the thread's alone

  mutable std::mutex mutex_;  // guards what follows
  std::condition_variable wake_;
  bool urgent_ = false;
  bool files_done_ = false;                          // the topic alone is waited for
  uint64_t erased_ = 0;                              // calls of Erased
  Clock::time_point at_ = Clock::time_point::max();  // of the next cleaning
  std::optional<Clock::time_point> begun_;           // the newest one
  GrowingPause retry_;
  State state_;
  std::string failed_;  // why the newest try did; empty: it did not
  std::vector<std::string> kept_;
  std::vector<std::function<void(const TenantId&)>> forget_;
  std::thread thread_;
};

}  // namespace contacts
