// Waiting until a record changes something that a viewer may see. Each record is read once a
// tenant, and judged once for each distinct view, however many wait; records that change no contact
// are judged for nobody.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>
#include <vector>

#include "events/seal/keyring.h"
#include "projections/store/view_store.h"
#include "query/access.h"

namespace contacts::query {

// How many may wait at a time: each needs some 4 kB.
struct ChangeWaitLimits {
  size_t of_a_tenant = 2'000;
  size_t in_all = 10'000;
  size_t records_in_turn = 1'000;  // then other tenants have their turn
};

// Any thread. A thread of its own reads, judges and notices the deadlines.
class ChangeWaits {
 public:
  using Clock = std::chrono::steady_clock;
  enum class Outcome {
    kChanged,  // read again: the view may see a change, or is another one now
    kTimedOut,
    kTooMany,  // the limit of waits is reached, for this tenant or in all
  };
  using Then = std::function<void(Outcome)>;

  // Views and keyring must outlive this. The thread calls `alive` at least once a second and after
  // each turn, and destroys it when the thread ends.
  ChangeWaits(const ViewStore& views, seal::Keyring& keyring, ChangeWaitLimits limits = {},
              std::function<void()> alive = nullptr);
  ~ChangeWaits();  // like Stop

  // Waits for a change after `looked_at`, the last record in which the asker's viewer found
  // nothing. Calls `then` exactly once: immediately if too many wait, else from this object's
  // thread, and must not block. Returns the number of the wait; 0: nothing waits. Throws
  // StoreFailure; `then` is not called in that case.
  uint64_t WaitFor(const Asker& asker, const Viewer& viewer, Sequence looked_at,
                   Clock::time_point deadline, Then then);
  // Ends the wait: `then` is destroyed without being called, unless it has been called already or
  // is being called at this moment.
  void Cancel(uint64_t wait);
  void EndNow(uint64_t wait);  // calls `then` with kTimedOut on this thread, unless it has ended

  // To be called by the thread that applies when rows of the tenant became visible. Only notes it.
  void Applied(const TenantId& tenant);
  // All waits end with kTimedOut, and later ones immediately.
  void Stop();

  size_t waiting() const;
  // Since the start: how often a record was judged for a view, and how many waits a change ended.
  uint64_t judged() const { return judged_; }
  uint64_t woken() const { return woken_; }

 private:
  struct Waiter {
    Sequence looked_at;
    Clock::time_point deadline;
    Then then;
  };
  // Those who wait with one view. It is judged for all of them from where the first one stands.
  struct View {
    Viewer viewer;
    std::optional<ContactId> own;  // a change of the asker's contact may change the view itself
    Sequence judged_to;
    std::map<uint64_t, Waiter> waiters;
  };
  using Key = std::pair<TenantId, std::string>;
  struct Tenant {
    std::map<std::string, View> views;
    size_t waits = 0;
    bool is_due = false;  // in `due_`
  };
  struct Turn;

  void Run();
  void TakeTurn(const TenantId& tenant, std::unique_lock<std::mutex>* lock);
  std::vector<Then> Finish(const TenantId& tenant, const Turn& turn);
  std::vector<Then> RemoveAll(const TenantId& tenant);
  void MakeDue(const TenantId& tenant, Tenant* waits);
  Then Remove(uint64_t wait);
  void EndLate(std::unique_lock<std::mutex>* lock);

  const ViewStore& views_;
  seal::Keyring& keyring_;
  const ChangeWaitLimits limits_;
  std::function<void()> alive_;  // used by the thread alone
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::map<TenantId, Tenant> tenants_;  // those for which somebody waits
  std::deque<TenantId> due_;            // those that have records to judge, in turn
  std::unordered_map<uint64_t, Key> places_;
  std::set<std::pair<Clock::time_point, uint64_t>> deadlines_;
  uint64_t numbers_ = 0;
  bool stopping_ = false;
  std::atomic<uint64_t> judged_{0};
  std::atomic<uint64_t> woken_{0};
  std::thread thread_;  // last, because it uses all members above
};

}  // namespace contacts::query
