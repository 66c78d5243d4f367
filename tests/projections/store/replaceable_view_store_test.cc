// A store that is replaced while others read and write.
#include "projections/store/replaceable_view_store.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
#include <vector>

#include "projections/store/keys.h"
#include "tests/projections/projected.h"
#include "tests/support/acme.h"
#include "tests/support/keys.h"
#include "tests/support/memory_view_store.h"

namespace contacts::testing {
namespace {

const TenantId kUmbrella{"umbrella"};
const std::string kKey = keys::User(kAcme, UserId{"1"});

void Put(ViewStore& views, const std::string& value) {
  ViewBatch batch;
  batch.Put(View::kUsers, kKey, value);
  views.Write(batch);
}

std::shared_ptr<MemoryViewStore> StoreWith(const std::string& value) {
  auto store = std::make_shared<MemoryViewStore>();
  Put(*store, value);
  return store;
}

TEST(ReplaceableViewStore, ReadsAndBatchesGoToTheNewOne) {
  const auto first = StoreWith("first");
  const auto second = StoreWith("second");
  ReplaceableViewStore views(first);
  EXPECT_EQ(views.Get(View::kUsers, kKey), "first");
  ASSERT_TRUE(views.Replace(second));
  EXPECT_EQ(views.Get(View::kUsers, kKey), "second");
  EXPECT_EQ(views.Snapshot()->Get(View::kUsers, kKey), "second");
  views.Scan(View::kUsers, "", "", [](std::string_view, std::string_view value) {
    EXPECT_EQ(value, "second");
    return true;
  });
  Put(views, "third");
  EXPECT_EQ(first->Get(View::kUsers, kKey), "first");
  EXPECT_EQ(second->Get(View::kUsers, kKey), "third");
}

TEST(ReplaceableViewStore, ASnapshotKeepsItsStoreUntilItIsLetGo) {
  auto first = StoreWith("first");
  const std::weak_ptr<MemoryViewStore> alive = first;
  ReplaceableViewStore views(std::move(first));
  auto snapshot = views.Snapshot();
  ASSERT_TRUE(views.Replace(StoreWith("second")));
  EXPECT_EQ(snapshot->Get(View::kUsers, kKey), "first");
  EXPECT_FALSE(alive.expired());
  snapshot.reset();
  EXPECT_TRUE(alive.expired());
}

TEST(ReplaceableViewStore, AScanGoesOnInTheStoreThatItBeganIn) {
  auto first = StoreWith("first");
  const std::weak_ptr<MemoryViewStore> alive = first;
  ReplaceableViewStore views(std::move(first));
  int visited = 0;
  views.Scan(View::kUsers, "", "", [&](std::string_view, std::string_view value) {
    EXPECT_TRUE(views.Replace(StoreWith("second")));
    EXPECT_EQ(value, "first");
    EXPECT_EQ(views.Get(View::kUsers, kKey), "second");
    ++visited;
    return true;
  });
  EXPECT_EQ(visited, 1);
  EXPECT_TRUE(alive.expired());
}

// A store that comes back counts as another one, too: it may have been written meanwhile.
TEST(ReplaceableViewStore, NoVersionAndNoGenerationComesBack) {
  const auto first = StoreWith("first");
  const auto second = StoreWith("second");
  ReplaceableViewStore views(first);
  std::vector<uint64_t> acme, umbrella, generations;
  for (int i = 0; i < 4; ++i) {
    acme.push_back(views.VersionStamp(kAcme).value());
    umbrella.push_back(views.VersionStamp(kUmbrella).value());
    generations.push_back(views.Generation());
    ASSERT_TRUE(views.Replace(i % 2 == 0 ? second : first));
  }
  for (auto* each : {&acme, &umbrella, &generations}) {
    for (size_t i = 1; i < each->size(); ++i) EXPECT_LT((*each)[i - 1], (*each)[i]);
  }
}

TEST(ReplaceableViewStore, AStoreThatStandsElsewhereIsRefused) {
  LogScript log;
  log.Opens().Then("acme", Idle("one"));
  auto behind = std::make_shared<MemoryViewStore>();
  ApplyAll(*behind, log.entries());
  log.Then("acme", Idle("two"));
  const auto first = std::make_shared<MemoryViewStore>();
  ApplyAll(*first, log.entries());
  ReplaceableViewStore views(first);
  const auto version = views.VersionStamp(kAcme);
  const std::string rows = Describe(views);
  EXPECT_FALSE(views.Replace(behind));
  EXPECT_FALSE(views.Replace(std::make_shared<MemoryViewStore>()));
  EXPECT_EQ(Describe(views), rows);
  EXPECT_EQ(views.VersionStamp(kAcme), version);
  EXPECT_EQ(views.Generation(), 0u);
}

TEST(ReplaceableViewStore, AProjectorGoesOnInTheNewOne) {
  LogScript log;
  log.Opens().Then("acme", Created(1, "Jane", "jane@x.org")).Loser("acme", Idle("lost"));
  ReplaceableViewStore views(std::make_shared<MemoryViewStore>());
  Projector projector(views, TestKeys(), 0, 1);
  projector.Apply(log.entries());
  auto made_anew = std::make_shared<MemoryViewStore>();
  ApplyOneByOne(*made_anew, log.entries());
  ASSERT_TRUE(views.Replace(made_anew));
  log.Then("acme", Created(2, "Joe", "joe@x.org")).Then("acme", Added("1", "jane", "admin"));
  projector.Apply({log.entries().end() - 2, log.entries().end()});
  MemoryViewStore whole;
  ApplyAll(whole, log.entries());
  EXPECT_EQ(Describe(views), Describe(whole));
}

// A replacement keeps the contract of batches (tests/support/view_store_contract.h): a reader that
// has seen a newer row never finds the version stamp of the older one unchanged.
TEST(ReplaceableViewStore, ReadsAreCurrentWhileTheVersionStampIsUnchanged) {
  ReplaceableViewStore views(StoreWith("0"));
  std::atomic<int> wrong = 0;
  std::atomic<int> reads = 0;
  std::atomic<bool> done = false;
  const auto number = [&] { return std::stoi(views.Get(View::kUsers, kKey).value()); };
  const auto read = [&] {
    std::optional<uint64_t> version;
    int remembered = 0;
    int newest = 0;
    while (!done) {
      const int seen = number();
      if (seen < newest) ++wrong;  // an old store after a new one
      newest = seen;
      ++reads;
      const auto now = views.VersionStamp(kAcme);
      if (now && now == version) {
        if (seen > remembered) ++wrong;
        continue;
      }
      version = now;
      remembered = number();
    }
  };
  std::thread first(read);
  std::thread second(read);
  for (int i = 1; i <= 1000 || reads < 10'000; ++i) {
    if (!views.Replace(StoreWith(std::to_string(i)))) ++wrong;
  }
  done = true;
  first.join();
  second.join();
  EXPECT_EQ(wrong, 0);
}

// Calls the test before each batch is written.
class WatchedStore : public MemoryViewStore {
 public:
  void Commit(const ViewBatch& batch) override {
    before_batch();
    MemoryViewStore::Commit(batch);
  }
  std::function<void()> before_batch;
};

TEST(ReplaceableViewStore, ABatchThatIsBeingWrittenIsWaitedFor) {
  const auto first = std::make_shared<WatchedStore>();
  ReplaceableViewStore views(first);
  std::future<std::optional<std::string>> in_the_old_one;
  first->before_batch = [&] {
    in_the_old_one = std::async(std::launch::async, [&] {
      EXPECT_TRUE(views.Replace(StoreWith("second")));
      return first->Get(View::kUsers, kKey);
    });
    // A replacement that does not wait takes less time than this.
    in_the_old_one.wait_for(std::chrono::milliseconds(100));
  };
  Put(views, "first");
  EXPECT_EQ(in_the_old_one.get(), "first");
  EXPECT_EQ(views.Get(View::kUsers, kKey), "second");
}

TEST(ReplaceableViewStore, EachBatchIsInOneStoreAndWhole) {
  constexpr int kBatches = 1000;
  const auto one = std::make_shared<MemoryViewStore>();
  const auto other = std::make_shared<MemoryViewStore>();
  ReplaceableViewStore views(one);
  std::atomic<int> writing = 2;
  const auto write = [&](const std::string& writer) {
    for (int i = 0; i < kBatches; ++i) {
      ViewBatch batch;
      batch.Put(View::kUsers, writer + std::to_string(i), "");
      batch.Put(View::kEmails, writer + std::to_string(i), "");
      views.Write(batch);
    }
    --writing;
  };
  std::thread first(write, "a");
  std::thread second(write, "b");
  int refused = 0;
  int written_late = 0;  // stores that were written after they had been replaced
  for (int i = 0; writing > 0; ++i) {
    const auto& [old, next] = i % 2 == 0 ? std::tie(one, other) : std::tie(other, one);
    refused += views.Replace(next) ? 0 : 1;
    const Hash rows = Digest(*old);
    std::this_thread::yield();
    written_late += Digest(*old) == rows ? 0 : 1;
  }
  first.join();
  second.join();
  EXPECT_EQ(refused, 0);
  EXPECT_EQ(written_late, 0);
  for (const std::string writer : {"a", "b"}) {
    for (int i = 0; i < kBatches; ++i) {
      const std::string key = writer + std::to_string(i);
      const bool in_one = one->Get(View::kUsers, key).has_value();
      EXPECT_EQ(other->Get(View::kUsers, key).has_value(), !in_one) << key;
      EXPECT_EQ(one->Get(View::kEmails, key).has_value(), in_one) << key;
      EXPECT_EQ(other->Get(View::kEmails, key).has_value(), !in_one) << key;
    }
  }
}

}  // namespace
}  // namespace contacts::testing
