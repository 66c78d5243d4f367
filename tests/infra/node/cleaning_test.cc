#include "infra/node/cleaning.h"

#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <thread>

#include "events/rows/row_archive.h"
#include "projections/store/keys.h"
#include "projections/store/rows.h"
#include "tests/support/acme.h"
#include "tests/support/memory_view_store.h"

namespace contacts::testing {
namespace {

using namespace std::chrono_literals;

// What a cleaning works on, and what it did. The steps run on the cleaning's own thread.
class Instance {
 public:
  Cleaning::Parts Parts() {
    Cleaning::Parts parts;
    parts.erasures = [this] {
      std::string known = Locked([this] { return erasures_; });
      looked_ = true;  // afterwards, so that the look does not see an erasure that waited for it
      return known;
    };
    parts.cleaned = [this]() -> Result<std::string> { return Locked([this] { return cleaned_; }); };
    parts.note_cleaned = [this](const std::string& of) -> Result<bool> {
      Locked([&] { return cleaned_ = of; });
      return true;
    };
    parts.steps = {[this](std::atomic<bool>&) -> Result<bool> {
      return Locked([this]() -> Result<bool> {
        ++tries_;
        if (fails_ > 0 && fails_-- > 0) return Error{ErrorCode::kUnavailable, "the disk is slow"};
        return true;
      });
    }};
    return parts;
  }
  // The first look for what an earlier process left is over: an erasure that comes in the middle of
  // it would be cleaned twice.
  void Start(Cleaning& cleaning) {
    cleaning.Start();
    while (!looked_) std::this_thread::yield();
  }
  void Erase(Cleaning& cleaning, const std::string& erasures) {
    Locked([&] { return erasures_ = erasures; });
    cleaning.Erased(kAcme);
  }
  int tries() {
    return Locked([this] { return tries_; });
  }
  std::string cleaned() {
    return Locked([this] { return cleaned_; });
  }

  std::string erasures_;
  std::string cleaned_;
  int fails_ = 0;

 private:
  template <class Do>
  auto Locked(const Do& act) -> decltype(act()) {
    const std::lock_guard lock(mutex_);
    return act();
  }
  std::mutex mutex_;
  std::atomic<bool> looked_{false};
  int tries_ = 0;
};

Cleaning::Options Quick() {
  Cleaning::Options options;
  options.every = 1h;
  options.after_start = 0ms;
  options.first_retry = 1ms;
  options.longest_retry = 5ms;
  return options;
}

void WaitUntil(const std::function<bool()>& is_so) {
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (!is_so()) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
    std::this_thread::yield();
  }
}

void WaitUntilDone(const Cleaning& cleaning) {
  WaitUntil([&] { return !cleaning.state().due_since; });
}

TEST(Cleaning, ManyErasuresCostOneUnlessSomebodyWaits) {
  Instance instance;
  Cleaning cleaning(instance.Parts(), Quick());
  instance.Start(cleaning);
  instance.Erase(cleaning, "one");
  WaitUntilDone(cleaning);
  EXPECT_EQ(instance.cleaned(), "one");
  instance.Erase(cleaning, "two");
  instance.Erase(cleaning, "three");
  EXPECT_TRUE(cleaning.state().due_since) << "the next one begins an hour after the first";
  EXPECT_EQ(instance.tries(), 1);
  cleaning.AskNow();
  WaitUntilDone(cleaning);
  EXPECT_EQ(instance.tries(), 2);
  EXPECT_EQ(instance.cleaned(), "three");
  EXPECT_EQ(cleaning.state().done, 2);
}

TEST(Cleaning, TheNextProcessDoesWhatOneLeft) {
  Instance instance;
  instance.erasures_ = "left";
  instance.cleaned_ = "an earlier one";
  Cleaning cleaning(instance.Parts(), Quick());
  cleaning.Start();
  WaitUntil([&] { return instance.cleaned() == "left"; });
  Cleaning after(instance.Parts(), Quick());
  after.Start();
  after.Stop();
  EXPECT_EQ(instance.tries(), 1) << "nothing is left";
}

TEST(Cleaning, AFailureIsTriedAgainAndShown) {
  Instance instance;
  instance.fails_ = 3;
  auto options = Quick();
  options.first_retry = options.longest_retry = 50ms;
  Cleaning cleaning(instance.Parts(), options);
  instance.Start(cleaning);
  instance.Erase(cleaning, "one");
  std::string warning;
  WaitUntil([&] { return !(warning = cleaning.Warning()).empty(); });
  EXPECT_EQ(warning,
            "bytes of people who were erased are still in the files of this instance: the disk is "
            "slow. Contacts tries again");
  WaitUntilDone(cleaning);
  EXPECT_EQ(cleaning.Warning(), "");
  EXPECT_EQ(instance.tries(), 4);
}

TEST(Cleaning, ATopicIsAskedUntilItIsCompacted) {
  Instance instance;
  auto parts = instance.Parts();
  std::atomic<int64_t> left{3};
  parts.left_in_topic = [&](std::atomic<bool>&) -> Result<int64_t> {
    return left > 0 ? left-- : 0;
  };
  Cleaning cleaning(parts, Quick());
  instance.Start(cleaning);
  instance.Erase(cleaning, "one");
  WaitUntilDone(cleaning);
  EXPECT_EQ(left, 0);
  EXPECT_EQ(instance.tries(), 1) << "the files are rewritten once";
  EXPECT_EQ(cleaning.state().waits_for, "");
}

TEST(Cleaning, ADirectoryThatARestoreKeptIsNamed) {
  Instance instance;
  auto parts = instance.Parts();
  parts.kept = [] { return std::vector<std::string>{"/d/local.before-epoch-2"}; };
  Cleaning cleaning(parts, Quick());
  instance.Start(cleaning);
  EXPECT_EQ(cleaning.Warning(), "") << "nobody was erased";
  instance.Erase(cleaning, "one");
  WaitUntilDone(cleaning);
  EXPECT_EQ(cleaning.Warning(),
            "a restore kept /d/local.before-epoch-2, which may hold people who were erased since, "
            "with their keys");
}

TEST(Cleaning, WhatIsKeptInMemoryGoesAtOnce) {
  Instance instance;
  Cleaning cleaning(instance.Parts(), Quick());
  std::string told;
  cleaning.OnErased([&](const TenantId& tenant) { told = tenant.value; });
  cleaning.Erased(kAcme);
  EXPECT_EQ(told, "acme");
}

TEST(Cleaning, ErasuresOfEachTenantCount) {
  MemoryViewStore views;
  const auto put = [&](const std::string& tenant, int64_t erasure, int64_t obeyed) {
    TenantRow row;
    row.erasure = Sequence{erasure};
    row.obeyed = Sequence{obeyed};
    ViewBatch batch;
    batch.Put(View::kTenants, keys::Tenant(TenantId{tenant}), ToRow(row));
    views.Write(batch);
    return ErasuresIn(views);
  };
  EXPECT_EQ(put("acme", 0, 0), "");
  const std::string one = put("acme", 7, 0);
  EXPECT_NE(one, "");
  const std::string two = put("beta", 7, 0);
  EXPECT_NE(two, one);
  EXPECT_NE(put("acme", 8, 0), two);
  const std::string obeyed = put("acme", 8, 9);
  EXPECT_EQ(put("acme", 9, 0), obeyed) << "what a parked tenant obeyed is applied later";
}

}  // namespace
}  // namespace contacts::testing
