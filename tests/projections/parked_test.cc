// A record that this build cannot apply parks its tenant and no other.
#include "events/rows/row_archive.h"
#include "projections/store/keys.h"
#include "projections/view_lookup.h"
#include "tests/projections/projected.h"
#include "tests/support/keys.h"

namespace contacts::testing {
namespace {

LogScript ParkedAtThree() {
  LogScript log;
  log.Opens()
      .Then("acme", Created(1, "A", "a@example.org"))
      .Then("acme", Created(2, "B", "b@example.org"))
      .Unknown("acme")
      .Then("other", Created(1, "O", "o@example.org"))
      .Then("acme", Created(3, "C", "c@example.org"), {"7", "k"})
      .Then("other", Created(2, "P", "p@example.org"));
  return log;
}

TEST(Parked, TheHeadMovesTheReadModelsStay) {
  const LogScript log = ParkedAtThree();
  MemoryViewStore views;
  Project(log, &views);

  const TenantRow row = ViewLookup(views).Tenant(TenantId{"acme"});
  EXPECT_EQ((Head{row.head, row.head_hash}), log.head("acme"));
  EXPECT_EQ(row.head, Sequence{4});
  EXPECT_EQ(row.applied, Sequence{2});
  EXPECT_EQ(row.contacts, 2);
  EXPECT_EQ(row.last_contact_id, ContactId{2});
  EXPECT_NE(row.parked.find("ContactsMerged"), std::string::npos) << row.parked;
  EXPECT_EQ(Rows(views, "contacts acme 3"), "");
  EXPECT_EQ(Rows(views, "keys "), "");
}

TEST(Parked, EveryRecordIsKept) {
  const LogScript log = ParkedAtThree();
  MemoryViewStore views;
  Project(log, &views);
  const ViewLookup lookup(views);
  EXPECT_EQ(lookup.RecordAt(TenantId{"acme"}, Sequence{3}), log.entries()[3].value);
  EXPECT_EQ(lookup.RecordAt(TenantId{"acme"}, Sequence{4}), log.entries()[5].value);
}

TEST(Parked, OtherTenantsGoOn) {
  MemoryViewStore views;
  Project(ParkedAtThree(), &views);
  const TenantRow row = ViewLookup(views).Tenant(TenantId{"other"});
  EXPECT_EQ(row.applied, Sequence{2});
  EXPECT_EQ(row.parked, "");
}

TEST(Parked, UnparkingARecordThatStillCannotBeReadChangesNothing) {
  MemoryViewStore views;
  Project(ParkedAtThree(), &views);
  const std::string before = Describe(views);
  EXPECT_EQ(Projector(views, TestKeys(), 0, 1).Unpark(), 0);
  EXPECT_EQ(Describe(views), before);
}

// Simulates that a build without ContactCreated has parked acme at its first record.
TEST(Parked, UnparkingGivesWhatAPlainApplyGives) {
  LogScript log;
  log.Opens()
      .Then("acme", Created(1, "A", "a@example.org"), {"7", "k"})
      .Then("acme", Created(2, "B", "b@example.org"))
      .Then("other", Created(1, "O", "o@example.org"));
  MemoryViewStore expected;
  Project(log, &expected);

  MemoryViewStore views;
  views.Write([&] {
    const TenantRow full = ViewLookup(expected).Tenant(TenantId{"acme"});
    TenantRow parked;
    parked.head = full.head;
    parked.head_hash = full.head_hash;
    parked.parked = "an older build";
    ViewBatch batch;
    expected.Scan(View::kRecords, "", "", [&](std::string_view key, std::string_view value) {
      batch.Put(View::kRecords, std::string(key), std::string(value));
      return true;
    });
    batch.Put(View::kTenants, keys::Tenant(TenantId{"acme"}), ToRow(parked));
    return batch;
  }());
  EXPECT_EQ(Projector(views, TestKeys(), 0, 1).Unpark(), 1);
  for (const char* rows :
       {"tenants acme", "contacts acme", "mentions acme", "emails acme", "keys acme", "records"}) {
    EXPECT_EQ(Rows(views, rows), Rows(expected, rows));
  }
}

}  // namespace
}  // namespace contacts::testing
