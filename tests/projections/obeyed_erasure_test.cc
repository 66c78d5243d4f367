// Trap 3: a tenant that is parked obeys an erasure at once, though it has not applied the records
// before it. Once it goes on, its rows are those of a tenant that was never parked.
#include <algorithm>

#include "events/rows/row_archive.h"
#include "projections/erased_leaves.h"
#include "projections/store/keys.h"
#include "projections/view_lookup.h"
#include "tests/projections/projected.h"
#include "tests/support/acme.h"

namespace contacts::testing {
namespace {

constexpr ContactId kObeyedJane{1};
constexpr ContactId kLate{2};         // made while the tenant is parked
constexpr size_t kBeforeParking = 4;  // entries

ContactCreated WithAccount(int64_t id, const std::string& name, const std::string& user) {
  ContactCreated contact = Created(id, name, name + "@example.org");
  contact.account = Account{UserId{user}, name + "@example.org", "member"};
  return contact;
}

// Jane exists when the tenant parks; Late is made, changed and erased while it is parked.
LogScript History(bool unknown_record) {
  LogScript log;
  log.Opens()
      .Then("acme", WithAccount(1, "jane", "1"), {"9", "key of the admin"})
      .Then("acme", PasswordSet{UserId{"1"}, "credential-1"}, {"1", "key of jane"})
      .Then("acme", HoldPlaced{kObeyedJane});
  if (unknown_record) log.Unknown("acme");
  log.Then("acme", WithAccount(2, "late", "2"), {"9"})
      .Then("acme", Idle("CreateContact"), {"2", "key of late"})
      .Then("acme", HoldLifted{kObeyedJane})
      .Then("acme", PersonErased{kObeyedJane, {"1"}, Ground::kConsentWithdrawn}, {"9"})
      .Then("acme", PersonErased{kLate, {"2"}, Ground::kConsentWithdrawn}, {"9"})
      .Then("acme", Created(3, "Jane II", "jane@example.org"), {"9"});
  return log;
}

// Says that the tenant waits, as a build does that does not know the next record.
void Park(MemoryViewStore* views) {
  TenantRow row = ViewLookup(*views).Tenant(kAcme);
  row.parked = "an older build";
  ViewBatch batch;
  batch.Put(View::kTenants, keys::Tenant(kAcme), ToRow(row));
  views->Write(batch);
}

std::string RowsOfAll(const ViewReader& views) {
  std::istringstream lines(Describe(views));
  std::string rows;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("records ")) rows += line + '\n';
  }
  return rows;
}

void ExpectNothingPersonal(const ViewReader& views) {
  const std::string rows = RowsOfAll(views);
  for (const char* personal : {"jane", "late"}) {
    EXPECT_EQ(rows.find(personal), std::string::npos) << rows;
  }
}

// The rows before it parks, and all further entries applied by a projector that finds it parked.
class ObeyedErasure : public ::testing::Test {
 protected:
  ObeyedErasure() {
    const auto& entries = log_.entries();
    const auto parks = entries.begin() + kBeforeParking;
    ApplyAll(views_, {entries.begin(), parks});
    Park(&views_);
    Projector projector(views_, TestKeys(), 0, 1);
    projector.Apply({parks, entries.end()});
    erasures_ = projector.TakeErasures();
  }

  const LogScript log_ = History(/*unknown_record=*/false);
  MemoryViewStore views_;
  std::vector<Erasure> erasures_;
};

TEST_F(ObeyedErasure, TakesTheRowsAwayAtOnce) {
  ExpectNothingPersonal(views_);
  const ViewLookup lookup(views_);
  EXPECT_EQ(lookup.Tenant(kAcme).applied, Sequence{3}) << "nothing else was applied";
  EXPECT_EQ(lookup.ContactById(kAcme, kObeyedJane), std::nullopt);
  EXPECT_EQ(lookup.ErasureOf(kAcme, kObeyedJane), Sequence{7});
  EXPECT_EQ(lookup.ErasureOf(kAcme, kLate), Sequence{8});
  EXPECT_EQ(lookup.ErasureOf(kAcme, "1"), Sequence{7}) << "its sessions are over";
  EXPECT_EQ(Rows(views_, "replaced "), "replaced acme 1\\x00credential-1 → credential-1\n");
}

TEST_F(ObeyedErasure, NamesTheKeysThatMustBeDestroyed) {
  const std::vector<Erasure> expected{{kAcme, Sequence{7}, kObeyedJane, 1, {"1"}, std::nullopt},
                                      {kAcme, Sequence{8}, kLate, 1, {"2"}, std::nullopt}};
  EXPECT_EQ(erasures_, expected);
}

// A crash after the rows and before the keys left the keys of contacts that are not applied.
TEST_F(ObeyedErasure, IsKnownToTheNextStart) {
  const auto leaves = LeavesErasedBefore(views_);
  for (const ContactId contact : {kObeyedJane, kLate}) {
    const std::pair erased(kAcme, *seal::LeafOfContact(contact));
    EXPECT_NE(std::find(leaves.begin(), leaves.end(), erased), leaves.end()) << contact.value;
  }
}

TEST_F(ObeyedErasure, GivesTheRowsOfATenantThatWasNeverParked) {
  EXPECT_EQ(Projector(views_, TestKeys(), 0, 1).Unpark(), 1);
  MemoryViewStore expected;
  ApplyAll(expected, log_.entries());
  EXPECT_EQ(Describe(views_), Describe(expected));
  EXPECT_EQ(Digest(views_), Digest(expected));
}

// The tenant goes on a little and parks again between the records of the person and the erasure.
TEST(ObeyedErasureAgain, NothingComesBackInBetween) {
  const LogScript log = History(/*unknown_record=*/false);
  const auto& entries = log.entries();
  MemoryViewStore views;
  ApplyAll(views, {entries.begin(), entries.begin() + 2});
  Park(&views);
  ApplyAll(views, {entries.begin() + 2, entries.end()});
  ExpectNothingPersonal(views);

  // It goes on up to the record that makes Late.
  TenantRow row = ViewLookup(views).Tenant(kAcme);
  const TenantRow whole = row;
  row.head = Sequence{4};
  ViewBatch batch;
  batch.Put(View::kTenants, keys::Tenant(kAcme), ToRow(row));
  views.Write(batch);
  EXPECT_EQ(Projector(views, TestKeys(), 0, 1).Unpark(), 1);
  ExpectNothingPersonal(views);
  EXPECT_EQ(ViewLookup(views).Tenant(kAcme).contacts, 2);
  EXPECT_EQ(ViewLookup(views).ErasureOf(kAcme, kLate), Sequence{8});

  row = ViewLookup(views).Tenant(kAcme);
  row.head = whole.head;
  row.parked = "an older build";
  ViewBatch rest;
  rest.Put(View::kTenants, keys::Tenant(kAcme), ToRow(row));
  views.Write(rest);
  EXPECT_EQ(Projector(views, TestKeys(), 0, 1).Unpark(), 1);
  MemoryViewStore expected;
  ApplyAll(expected, entries);
  EXPECT_EQ(Digest(views), Digest(expected)) << Describe(views) << Describe(expected);
}

// Before a record that this build really does not know.
TEST(ObeyedErasureBeforeAnUnknownRecord, IsObeyed) {
  MemoryViewStore views;
  Project(History(/*unknown_record=*/true), &views);
  EXPECT_NE(ViewLookup(views).Tenant(kAcme).parked, "");
  ExpectNothingPersonal(views);
}

// Entries that are not history erase nothing.
TEST(ObeyedErasureThatLost, ErasesNothing) {
  LogScript log = History(/*unknown_record=*/true);
  LogScript lost;
  lost.Opens()
      .Then("acme", WithAccount(1, "jane", "1"))
      .Unknown("acme")
      .Loser("acme", PersonErased{kObeyedJane, {"1"}, Ground::kUnlawful});
  MemoryViewStore views;
  Project(lost, &views);
  EXPECT_NE(ViewLookup(views).ContactById(kAcme, kObeyedJane), std::nullopt);
}

}  // namespace
}  // namespace contacts::testing
