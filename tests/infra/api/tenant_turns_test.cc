#include "infra/api/tenant_turns.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>
#include <vector>

namespace contacts::api {
namespace {

const TenantId kLarge{"large"};
const TenantId kSmall{"small"};

// Work that waits until the test lets it go on.
class Blocked {
 public:
  // Runs as the tenant's work; returns when the work has begun.
  void Begin(TenantTurns& turns, const TenantId& tenant) {
    turns.Run(tenant, [this] {
      begun_.set_value();
      may_end_.get_future().wait();
    });
    begun_.get_future().wait();
  }
  void End() { may_end_.set_value(); }

 private:
  std::promise<void> begun_;
  std::promise<void> may_end_;
};

// Two renderings of one tenant occupied both threads, and all other tenants waited for them.
TEST(TenantTurns, ATenantHoldsOneThreadHoweverMuchOfItWaits) {
  TenantTurns turns(2);
  Blocked blocked;
  blocked.Begin(turns, kLarge);
  std::atomic<int> done{0};
  for (int i = 0; i < 10; ++i) turns.Run(kLarge, [&] { ++done; });
  std::promise<void> other;
  turns.Run(kSmall, [&] { other.set_value(); });
  other.get_future().wait();  // for ever, if the large tenant held both threads
  EXPECT_EQ(done, 0);
  EXPECT_EQ(turns.waiting(), 10u);
  blocked.End();
  turns.Stop();
  EXPECT_EQ(done, 10);
  EXPECT_EQ(turns.waiting(), 0u);
}

TEST(TenantTurns, TenantsTakeTurns) {
  TenantTurns turns(1);
  Blocked blocked;
  blocked.Begin(turns, kLarge);
  std::string order;
  for (int i = 0; i < 3; ++i) turns.Run(kLarge, [&] { order += 'l'; });
  for (int i = 0; i < 2; ++i) turns.Run(kSmall, [&] { order += 's'; });
  turns.Run(TenantId{"third"}, [&] { order += 't'; });
  blocked.End();
  turns.Stop();
  EXPECT_EQ(order, "stlsll");
}

TEST(TenantTurns, WorkOfOneTenantIsDoneInOrderAndNeverConcurrently) {
  TenantTurns turns(4);
  std::vector<int> done[8];  // no lock: work of one tenant never meets
  for (int i = 0; i < 800; ++i) {
    turns.Run(TenantId{std::to_string(i % 8)}, [&done, i] { done[i % 8].push_back(i); });
  }
  turns.Stop();
  for (int tenant = 0; tenant < 8; ++tenant) {
    ASSERT_EQ(done[tenant].size(), 100u);
    for (int i = 0; i < 100; ++i) EXPECT_EQ(done[tenant][static_cast<size_t>(i)], i * 8 + tenant);
  }
}

TEST(TenantTurns, WorkAfterTheStopRunsOnItsCallersThread) {
  TenantTurns turns(1);
  turns.Stop();
  std::thread::id ran;
  turns.Run(kLarge, [&] { ran = std::this_thread::get_id(); });
  EXPECT_EQ(ran, std::this_thread::get_id());
}

}  // namespace
}  // namespace contacts::api
