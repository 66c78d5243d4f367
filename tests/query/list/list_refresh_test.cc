// How a kept list follows contacts that change: the tests write rows and records as a change would.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "events/record.h"
#include "events/rows/row_archive.h"
#include "projections/store/keys.h"
#include "query/list/list_cache.h"
#include "tests/query/list/askers.h"
#include "tests/query/list/interrupted_store.h"
#include "tests/support/acme.h"
#include "tests/support/gunzip.h"
#include "tests/support/keys.h"
#include "tests/support/log_script.h"
#include "tests/support/memory_view_store.h"

namespace contacts::query {
namespace {

class ListRefreshTest : public ::testing::Test {
 protected:
  enum class State { kActive, kInactive };
  enum class Bytes { kRecord, kUnknownType };

  // Writes the contact `id` with these values at the next position.
  Sequence Put(int64_t id, ContactType type, std::optional<std::string> company = {},
               State state = State::kActive, Bytes bytes = Bytes::kRecord) {
    const Sequence at = Next(tenant_.applied);
    ContactCreated event;
    event.id = ContactId{id};
    const Record record = testing::RecordAfter({tenant_.applied, {}}, kAcme, std::move(event));
    ContactRow row{{type, state == State::kActive, company, at,
                    "{\"id\":" + std::to_string(id) + ",\"at\":" + std::to_string(at.value) + "}"}};
    tenant_.head = tenant_.applied = tenant_.contacts_changed = at;
    tenant_.contacts = std::max(tenant_.contacts, id);
    tenant_.last_contact_id = ContactId{tenant_.contacts};
    ViewBatch batch;
    batch.Put(View::kRecords, keys::Record(kAcme, at),
              bytes == Bytes::kRecord ? EncodeRecord(record) : "{\"of\":\"a newer release\"}");
    batch.Put(View::kContacts, keys::Contact(kAcme, ContactId{id}), ToRow(row));
    batch.Put(View::kTenants, keys::Tenant(kAcme), ToRow(tenant_));
    views_.Write(batch);
    return at;
  }
  void PutTenant() {
    ViewBatch batch;
    batch.Put(View::kTenants, keys::Tenant(kAcme), ToRow(tenant_));
    views_.Write(batch);
  }
  void PutVendors(int64_t count) {
    for (int64_t id = 1; id <= count; ++id) Put(id, ContactType::kVendor);
  }
  static std::string Text(const std::vector<Chunk>& chunks) {
    std::string out;
    for (const Chunk& chunk : chunks) out += *chunk;
    return out;
  }
  std::shared_ptr<const List> Read(const Asker& asker) {
    return cache_.Read(ListKind::kContacts, asker)->list;
  }
  // The list that an empty cache renders.
  std::string Fresh(const Asker& asker) const {
    return Text(ListCache(views_, 1 << 20).Read(ListKind::kContacts, asker)->list->plain());
  }

  TenantRow tenant_;
  InterruptedStore views_;
  ListCache cache_{views_, 64u << 20};
};

TEST_F(ListRefreshTest, AChangeInTheMiddleRendersItsPartOnly) {
  PutVendors(3 * kIdsInPart);
  const auto before = Read(kAdmin);
  Put(kIdsInPart + 5, ContactType::kClient);
  const auto after = Read(kAdmin);
  EXPECT_EQ(after->parts[0], before->parts[0]);
  EXPECT_NE(after->parts[1], before->parts[1]);
  EXPECT_EQ(after->parts[2], before->parts[2]);
  EXPECT_EQ(Text(after->plain()), Fresh(kAdmin));
  EXPECT_EQ(Gunzip(Text(after->gzip())), Fresh(kAdmin));
}

TEST_F(ListRefreshTest, AnUnchangedListCostsALookup) {
  PutVendors(2 * kIdsInPart);
  const auto before = Read(kAdmin);
  const int snapshots = views_.snapshots;
  EXPECT_EQ(Read(kAdmin), before);
  EXPECT_EQ(views_.snapshots, snapshots);
}

TEST_F(ListRefreshTest, APartThatBecomesTheFirstOneToSeeOpensTheList) {
  PutVendors(2 * kIdsInPart);
  Put(1, ContactType::kInternal);
  Put(kIdsInPart + 1, ContactType::kInternal);
  const Asker asker = Client(9999);
  EXPECT_EQ(Text(Read(asker)->plain()), Fresh(asker));
  Put(1, ContactType::kVendor);
  EXPECT_EQ(Text(Read(asker)->plain()), Fresh(asker));
  EXPECT_EQ(Text(Read(asker)->plain()).substr(0, 10), "[{\"id\":129");
  Put(1, ContactType::kInternal);
  EXPECT_EQ(Text(Read(asker)->plain()), Fresh(asker));
  EXPECT_EQ(Gunzip(Text(Read(asker)->gzip())), Fresh(asker));
}

TEST_F(ListRefreshTest, ARecordThatDoesNotReadRendersAllAgain) {
  PutVendors(2 * kIdsInPart);
  const auto before = Read(kAdmin);
  Put(3, ContactType::kClient, {}, State::kActive, Bytes::kUnknownType);
  const auto after = Read(kAdmin);
  EXPECT_NE(after->parts[1], before->parts[1]);
  EXPECT_EQ(Text(after->plain()), Fresh(kAdmin));
}

TEST_F(ListRefreshTest, ManyChangesRenderAllAgain) {
  PutVendors(2 * kIdsInPart);
  const auto before = Read(kAdmin);
  for (int i = 0; i < 65; ++i) Put(1, ContactType::kVendor);
  const auto after = Read(kAdmin);
  EXPECT_NE(after->parts[1], before->parts[1]);
  EXPECT_EQ(Text(after->plain()), Fresh(kAdmin));
}

TEST_F(ListRefreshTest, AnAskerWhoseCompanyChangesSeesTheNewOneImmediately) {
  Put(1, ContactType::kVendor, "A");
  Put(2, ContactType::kVendor, "B");
  Put(3, ContactType::kClient, "A");
  const auto before = Read(Client(3));
  EXPECT_EQ(Text(before->plain()), R"([{"id":1,"at":1},{"id":3,"at":3}])");
  Put(3, ContactType::kClient, "B");
  const auto after = Read(Client(3));
  EXPECT_EQ(Text(after->plain()), R"([{"id":2,"at":2},{"id":3,"at":4}])");
  EXPECT_NE(after->tag, before->tag);
  Put(3, ContactType::kClient, "A", State::kInactive);
  EXPECT_EQ(Text(Read(Client(3))->plain()), R"([{"id":1,"at":1},{"id":3,"at":5}])");
}

TEST_F(ListRefreshTest, AnAskerWhoseCompanyChangesInBetweenLeavesNothingOfItInTheOldList) {
  PutVendors(kIdsInPart);
  Put(kIdsInPart + 1, ContactType::kVendor, "B");
  Put(3, ContactType::kClient, "A");
  views_.snapshots_left = 2;  // the first says where the asker stands, the second is rendered
  views_.before_snapshot = [this] { Put(3, ContactType::kClient, "B"); };
  const auto during = Read(Client(3));
  EXPECT_FALSE(views_.before_snapshot);
  EXPECT_EQ(Text(during->plain()), Fresh(Client(3)));
  Put(3, ContactType::kClient, "A");
  EXPECT_EQ(Text(Read(Client(3))->plain()), Fresh(Client(3)));
}

TEST_F(ListRefreshTest, AListThatAnotherCallerRenewedInBetweenHasItsOwnPosition) {
  Put(1, ContactType::kVendor);
  Read(kAdmin);
  PutTenant();  // otherwise its row would not be read
  views_.after_tenant = [this] {
    Put(2, ContactType::kVendor);
    Read(kAdmin);
  };
  const ListReading reading = *cache_.Read(ListKind::kContacts, kAdmin);
  EXPECT_EQ(Text(reading.list->plain()), Fresh(kAdmin));
  EXPECT_EQ(reading.position, Sequence{2});
}

TEST_F(ListRefreshTest, AnUnchangedTenantsListIsReturnedWithoutReadingARow) {
  Put(1, ContactType::kVendor, "A");
  Put(3, ContactType::kClient, "A");
  const auto all = Read(kAdmin);
  const auto some = Read(Client(3));
  views_.after_tenant = [] { FAIL() << "the tenant's row was read"; };
  views_.before_snapshot = views_.after_tenant;
  views_.snapshots_left = 1;
  EXPECT_EQ(Read(kAdmin), all);
  EXPECT_EQ(Read({kAcme, "auditor", ContactId{3}}), all);
  EXPECT_EQ(Read(Client(3)), some);
  EXPECT_EQ(cache_.Read(ListKind::kContacts, kAdmin)->position, tenant_.applied);
  views_.after_tenant = nullptr;
  views_.before_snapshot = nullptr;
  tenant_.head = tenant_.applied = Next(tenant_.applied);
  PutTenant();
  EXPECT_EQ(Read(kAdmin), all);
  EXPECT_EQ(cache_.Read(ListKind::kContacts, kAdmin)->position, tenant_.applied);
}

TEST_F(ListRefreshTest, ABoundedCallerRendersNoMoreThanItsBudget) {
  const auto quickly = [this](size_t most) {
    return cache_.ReadQuickly(ListKind::kContacts, kAdmin, most);
  };
  constexpr size_t kPart = 128 * 256;  // a part of these short contacts costs less, half of it more
  PutVendors(3 * kIdsInPart);
  EXPECT_FALSE(quickly(kPart));
  const auto reading = quickly(3 * kPart);
  ASSERT_TRUE(reading);
  const auto list = (*reading)->list;
  EXPECT_EQ(list->BytesToZip(), list->bytes() - 1);  // all but the bracket that ends it
  list->gzip();
  EXPECT_EQ(list->BytesToZip(), 0u);
  EXPECT_TRUE(quickly(0));
  Put(1, ContactType::kClient);
  EXPECT_FALSE(quickly(0));
  const auto after = quickly(kPart);
  ASSERT_TRUE(after);
  EXPECT_EQ(Text((*after)->list->plain()), Fresh(kAdmin));
  EXPECT_LT((*after)->list->BytesToZip(), list->bytes() / 2);
}

TEST_F(ListRefreshTest, ABoundedCallerDoesNotWaitForAnUnboundedOne) {
  PutVendors(3 * kIdsInPart);
  views_.snapshots_left = 1;
  views_.before_snapshot = [this] {
    std::thread other(
        [this] { EXPECT_FALSE(cache_.ReadQuickly(ListKind::kContacts, kAdmin, 1 << 20)); });
    other.join();
  };
  Read(kAdmin);
  EXPECT_FALSE(views_.before_snapshot);
  EXPECT_TRUE(cache_.ReadQuickly(ListKind::kContacts, kAdmin, 0));
}

TEST_F(ListRefreshTest, AParkedTenantIsReadWhereItStands) {
  const Sequence at = Put(1, ContactType::kVendor);
  EXPECT_FALSE(cache_.Read(ListKind::kContacts, kAdmin)->parked);
  tenant_.head = Sequence{at.value + 5};
  tenant_.parked = "a newer release wrote it";
  PutTenant();
  const ListReading reading = *cache_.Read(ListKind::kContacts, kAdmin);
  EXPECT_EQ(reading.position, at);
  EXPECT_EQ(reading.parked, Next(at));
}

TEST_F(ListRefreshTest, ViewerRowsAndPositionBelongTogetherWhileTheCompanyChanges) {
  Put(1, ContactType::kVendor, "odd");
  Put(2, ContactType::kVendor, "even");
  constexpr int64_t kLast = 1000;
  std::atomic<int> faults{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 3; ++i) {
    readers.emplace_back([&] {
      for (int64_t at = 0; at < kLast;) {
        const ListReading reading = *cache_.Read(ListKind::kContacts, Client(3));
        at = reading.position.value;
        if (at < 3) continue;
        const std::string self = "{\"id\":3,\"at\":" + std::to_string(at) + "}]";
        const std::string colleague = at % 2 == 1 ? R"([{"id":1,"at":1},)" : R"([{"id":2,"at":2},)";
        if (Text(reading.list->plain()) != colleague + self) ++faults;
      }
    });
  }
  for (int64_t at = 3; at <= kLast; ++at) {
    Put(3, ContactType::kClient, at % 2 == 1 ? "odd" : "even");
  }
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(faults, 0);
}

TEST_F(ListRefreshTest, ARowThatDoesNotReadIsAFailureAndNotAShorterList) {
  Put(1, ContactType::kVendor);
  ViewBatch batch;
  batch.Put(View::kContacts, keys::Contact(kAcme, ContactId{1}), "no row");
  views_.Write(batch);
  EXPECT_THROW(Read(kAdmin), StoreFailure);
}

}  // namespace
}  // namespace contacts::query
