// The contract of every ViewStore (projections/store/view_store.h), as one suite for all of them:
//
//   INSTANTIATE_TYPED_TEST_SUITE_P(Memory, ViewStoreContract, MemoryFixture);
//
// The fixture has an empty store: `ViewStore& store()`.
#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "projections/store/keys.h"
#include "projections/store/view_store.h"

namespace contacts::testing {

template <class Fixture>
class ViewStoreContract : public ::testing::Test {
 protected:
  using Rows = std::vector<std::pair<std::string, std::string>>;

  static Rows Scan(const ViewReader& views, View view, std::string_view from = "",
                   std::string_view to = "") {
    Rows rows;
    views.Scan(view, from, to, [&](std::string_view key, std::string_view value) {
      rows.emplace_back(key, value);
      return true;
    });
    return rows;
  }
  void Put(View view, const std::string& key, const std::string& value) {
    ViewBatch batch;
    batch.Put(view, key, value);
    fixture.store().Write(batch);
  }

  Fixture fixture;
};

TYPED_TEST_SUITE_P(ViewStoreContract);

TYPED_TEST_P(ViewStoreContract, ARowIsReadAsItWasWritten) {
  const std::string key("k\0\xff y", 5);
  const std::string value("\0\xff\n", 3);
  this->Put(View::kEmails, key, value);
  this->Put(View::kEmails, "empty", "");
  EXPECT_EQ(this->fixture.store().Get(View::kEmails, key), value);
  EXPECT_EQ(this->fixture.store().Get(View::kEmails, "empty"), "");
  EXPECT_EQ(this->fixture.store().Get(View::kEmails, std::string("k\0\xff", 3)), std::nullopt);
}

TYPED_TEST_P(ViewStoreContract, ViewsAreApart) {
  for (int view = 0; view < kViews; ++view) this->Put(View{view}, "k", std::to_string(view));
  for (int view = 0; view < kViews; ++view) {
    EXPECT_EQ(this->Scan(this->fixture.store(), View{view}),
              (std::vector<std::pair<std::string, std::string>>{{"k", std::to_string(view)}}));
  }
}

TYPED_TEST_P(ViewStoreContract, LaterChangesOfABatchWin) {
  this->Put(View::kUsers, "erased", "old");
  ViewBatch batch;
  batch.Put(View::kUsers, "a", "1");
  batch.Put(View::kUsers, "a", "2");
  batch.Put(View::kUsers, "b", "1");
  batch.Erase(View::kUsers, "b");
  batch.Erase(View::kUsers, "erased");
  batch.Erase(View::kUsers, "never there");
  batch.Erase(View::kUsers, "c");
  batch.Put(View::kUsers, "c", "3");
  this->fixture.store().Write(batch);
  EXPECT_EQ(this->Scan(this->fixture.store(), View::kUsers),
            (std::vector<std::pair<std::string, std::string>>{{"a", "2"}, {"c", "3"}}));
}

TYPED_TEST_P(ViewStoreContract, AScanKeepsToItsBoundsInBytewiseOrder) {
  const std::vector<std::string> keys = {
      std::string("a\0", 2), "a", "b", "\x7f", "\x80", "\xff", ""};
  for (const std::string& key : keys) this->Put(View::kKeys, key, "v");
  const ViewStore& store = this->fixture.store();
  const auto keys_of = [](const auto& rows) {
    std::vector<std::string> found;
    for (const auto& row : rows) found.push_back(row.first);
    return found;
  };
  EXPECT_EQ(
      keys_of(this->Scan(store, View::kKeys)),
      (std::vector<std::string>{"", "a", std::string("a\0", 2), "b", "\x7f", "\x80", "\xff"}));
  EXPECT_EQ(keys_of(this->Scan(store, View::kKeys, "a", "b")),
            (std::vector<std::string>{"a", std::string("a\0", 2)}));
  EXPECT_EQ(keys_of(this->Scan(store, View::kKeys, "\x7f", "")),
            (std::vector<std::string>{"\x7f", "\x80", "\xff"}));
  EXPECT_TRUE(this->Scan(store, View::kKeys, "b", "a").empty());
  EXPECT_TRUE(this->Scan(store, View::kKeys, "b", "b").empty());
}

TYPED_TEST_P(ViewStoreContract, AScanStopsWhenItIsTold) {
  for (const char* key : {"a", "b", "c"}) this->Put(View::kKeys, key, "v");
  int visited = 0;
  this->fixture.store().Scan(View::kKeys, "", "",
                             [&](std::string_view, std::string_view) { return ++visited < 2; });
  EXPECT_EQ(visited, 2);
}

TYPED_TEST_P(ViewStoreContract, AScanMayReadAndWriteAndSeesTheRowsAsTheyWere) {
  for (const char* key : {"a", "b", "c"}) this->Put(View::kKeys, key, "v");
  ViewStore& store = this->fixture.store();
  int visited = 0;
  store.Scan(View::kKeys, "", "", [&](std::string_view key, std::string_view value) {
    EXPECT_EQ(value, "v");
    EXPECT_TRUE(store.Get(View::kKeys, key));
    this->Put(View::kKeys, std::string(key) + "+", "new");
    this->Put(View::kKeys, "c", "new");
    ++visited;
    return true;
  });
  EXPECT_EQ(visited, 3);
  EXPECT_EQ(this->Scan(store, View::kKeys).size(), 6u);
}

TYPED_TEST_P(ViewStoreContract, ASnapshotStaysAsItWas) {
  this->Put(View::kUsers, "a", "1");
  const auto snapshot = this->fixture.store().Snapshot();
  ViewBatch batch;
  batch.Put(View::kUsers, "a", "2");
  batch.Put(View::kUsers, "b", "2");
  this->fixture.store().Write(batch);
  EXPECT_EQ(snapshot->Get(View::kUsers, "a"), "1");
  EXPECT_EQ(snapshot->Get(View::kUsers, "b"), std::nullopt);
  EXPECT_EQ(this->Scan(*snapshot, View::kUsers).size(), 1u);
  EXPECT_EQ(this->fixture.store().Get(View::kUsers, "a"), "2");
  EXPECT_EQ(this->fixture.store().Snapshot()->Get(View::kUsers, "b"), "2");
}

// A reader never sees one half of a batch.
TYPED_TEST_P(ViewStoreContract, ABatchIsSeenWholeByOtherThreads) {
  ViewStore& store = this->fixture.store();
  std::atomic<bool> done = false;
  std::atomic<int> torn = 0;
  std::thread reader([&] {
    while (!done) {
      const auto snapshot = store.Snapshot();
      if (snapshot->Get(View::kTenants, "t") != snapshot->Get(View::kCheckpoints, "p")) ++torn;
    }
  });
  for (int i = 0; i < 500; ++i) {
    ViewBatch batch;
    batch.Put(View::kTenants, "t", std::to_string(i));
    batch.Put(View::kCheckpoints, "p", std::to_string(i));
    store.Write(batch);
  }
  done = true;
  reader.join();
  EXPECT_EQ(torn, 0);
  EXPECT_EQ(store.Get(View::kTenants, "t"), "499");
}

TYPED_TEST_P(ViewStoreContract, AVersionEndsWithABatchOfItsTenant) {
  const TenantId acme{"acme"};
  const ViewStore& store = this->fixture.store();
  const auto before = store.VersionStamp(acme);
  EXPECT_TRUE(before);
  EXPECT_EQ(store.VersionStamp(acme), before);
  this->Put(View::kCheckpoints, keys::Partition(0), "of a partition");
  this->Put(View::kUsers, keys::User(TenantId{"umbrella"}, UserId{"1"}), "of another tenant");
  EXPECT_EQ(store.VersionStamp(acme), before);
  this->Put(View::kUsers, keys::User(acme, UserId{"1"}), "of it");
  EXPECT_TRUE(store.VersionStamp(acme));
  EXPECT_NE(store.VersionStamp(acme), before);
}

// A reader that has seen a newer row never finds the version stamp of the older one unchanged.
TYPED_TEST_P(ViewStoreContract, ReadsAreCurrentWhileTheVersionStampIsUnchanged) {
  const TenantId acme{"acme"};
  const std::string key = keys::User(acme, UserId{"1"});
  ViewStore& store = this->fixture.store();
  this->Put(View::kUsers, key, "0");
  std::atomic<int> wrong = 0;
  std::atomic<bool> done = false;
  const auto number = [&] { return std::stoi(store.Get(View::kUsers, key).value()); };
  const auto read = [&] {
    std::optional<uint64_t> version;
    int remembered = 0;
    while (!done) {
      const int seen = number();
      const auto now = store.VersionStamp(acme);
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
  for (int i = 1; i <= 3000; ++i) this->Put(View::kUsers, key, std::to_string(i));
  done = true;
  first.join();
  second.join();
  EXPECT_EQ(wrong, 0);
}

REGISTER_TYPED_TEST_SUITE_P(ViewStoreContract, ARowIsReadAsItWasWritten, ViewsAreApart,
                            LaterChangesOfABatchWin, AScanKeepsToItsBoundsInBytewiseOrder,
                            AScanStopsWhenItIsTold, AScanMayReadAndWriteAndSeesTheRowsAsTheyWere,
                            ASnapshotStaysAsItWas, ABatchIsSeenWholeByOtherThreads,
                            AVersionEndsWithABatchOfItsTenant,
                            ReadsAreCurrentWhileTheVersionStampIsUnchanged);

}  // namespace contacts::testing
