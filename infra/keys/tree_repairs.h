// What must be written so that no stored node covers an erased leaf, and each erased leaf has its
// marker in every tree; and when this instance writes it. The instance that erased a leaf writes at
// once. All others would do the same work at the same time, so they wait for a while and a random
// pause, and then do what is still left.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "events/seal/keyring.h"
#include "events/values/ids.h"

namespace contacts {

// One thread at a time.
class TreeRepairs {
 public:
  using Time = std::chrono::milliseconds;
  using Clock = std::chrono::steady_clock;

  struct Work {
    TenantId tenant;
    seal::TreeId tree;
    seal::Leaf leaf;
    bool only_marks = false;  // the marker was deleted
    auto operator<=>(const Work&) const = default;
  };

  // `up_to`: a random time of at most so much.
  struct Timing {
    std::function<Clock::time_point()> now;
    std::function<Time(Time longest)> up_to;
    static Timing Real();
  };
  TreeRepairs(const seal::Keyring& keyring, Time others_after, Time at_random, Timing timing)
      : keyring_(keyring),
        others_after_(others_after),
        at_random_(at_random),
        timing_(std::move(timing)) {}

  // This instance erases the leaf.
  void NoteOwn(const TenantId& tenant, seal::Leaf leaf) { own_[tenant].insert(leaf); }
  // The keyring has this change of the store.
  void NoteChange(const TenantId& tenant, const seal::TreeChange& change);
  void NoteUnmarked(const TenantId& tenant, const seal::TreeId& tree, seal::Leaf leaf);
  void LookLater(const TenantId& tenant);
  void LookNow(const TenantId& tenant);

  // When Find has something to look for, or is left over; the far future: it has not.
  Clock::time_point next() const;
  // Looks for what is due by now. To be called once the store was read to its end: others may have
  // done the work.
  void Find(Clock::time_point now);
  // Found and not done.
  std::deque<Work>& work() { return work_; }
  const std::deque<Work>& work() const { return work_; }

 private:
  void LookAt(const TenantId& tenant, Clock::time_point at);
  void FindIn(const TenantId& tenant, const std::set<seal::Leaf>* only);

  const seal::Keyring& keyring_;
  const Time others_after_;
  const Time at_random_;
  const Timing timing_;
  std::map<TenantId, std::set<seal::Leaf>> own_;
  std::set<TenantId> own_due_;  // a node that was put covers one of own_
  std::map<TenantId, Clock::time_point> look_at_;
  std::set<Work> unmarked_;
  std::deque<Work> work_;
};

}  // namespace contacts
