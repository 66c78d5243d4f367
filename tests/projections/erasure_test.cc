// Given a person with rows in each view, when the person is erased, then no row tells of it.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "projections/applied_record.h"
#include "projections/store/keys.h"
#include "projections/view_lookup.h"
#include "tests/projections/projected.h"
#include "tests/support/acme.h"

namespace contacts::testing {
namespace {

constexpr ContactId kJane{1};

ContactCreated JaneWithAccount() {
  ContactCreated jane = Created(1, "Jane Doe", "jane@example.org");
  jane.fields.company = "Jane's";
  jane.account = Account{UserId{"1"}, "jane@example.org", "member"};
  return jane;
}

PersonErased JaneErased() { return {kJane, {"1"}, Ground::kConsentWithdrawn}; }

// Jane, her account that did something, and an admin.
LogScript WithJane() {
  LogScript log;
  log.Opens()
      .Then("acme", JaneWithAccount(), {"2", "key of the admin"})
      .Then("acme", Added("2", "root", "admin"), {"operator"})
      .Then("acme", PasswordSet{UserId{"1"}, "credential-1"}, {"1", "key of jane"})
      .Then("acme", PasswordSet{UserId{"1"}, "credential-2"}, {"1"});
  return log;
}

// All rows but the log's own records, whose personal data will be sealed.
std::string AllRows(const ViewReader& views) {
  std::istringstream lines(Describe(views));
  std::string rows;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("records ")) rows += line + '\n';
  }
  return rows;
}

TEST(ErasedPerson, LeavesEveryView) {
  LogScript log = WithJane();
  log.Then("acme", JaneErased(), {"2", "key of the erasure"});
  MemoryViewStore views;
  Project(log, &views);

  const std::string rows = AllRows(views);
  for (const char* personal : {"jane", "Jane"}) {
    EXPECT_EQ(rows.find(personal), std::string::npos) << rows;
  }
  EXPECT_EQ(Rows(views, "contacts "), "");
  EXPECT_EQ(Rows(views, "mentions "), "");
  EXPECT_EQ(Rows(views, "emails "), "");
  EXPECT_EQ(Rows(views, "accounts "), "");
  EXPECT_EQ(Rows(views, "users acme 1"), "");
  EXPECT_EQ(Rows(views, "user_names "), "user_names acme root → 2\n");
  EXPECT_EQ(Rows(views, "keys "),
            "keys acme \\x00\\x00\\x00\\x012key of the admin → 1\n"
            "keys acme \\x00\\x00\\x00\\x012key of the erasure → 5\n");
}

TEST(ErasedPerson, LeavesATombstone) {
  LogScript log = WithJane();
  log.Then("acme", JaneErased()).Then("acme", JaneErased());
  MemoryViewStore views;
  Project(log, &views);
  const ViewLookup lookup(views);
  EXPECT_EQ(lookup.ErasureOf(kAcme, kJane), Sequence{5}) << "the first erasure";
  EXPECT_EQ(lookup.ErasureOf(kAcme, "1"), Sequence{5});
  EXPECT_EQ(lookup.ErasureOf(kAcme, ContactId{2}), std::nullopt);
  EXPECT_EQ(lookup.ErasureOf(kAcme, "2"), std::nullopt);
  EXPECT_EQ(lookup.ContactById(kAcme, kJane), std::nullopt);
  EXPECT_TRUE(lookup.WholeContact(kAcme, kJane)->IsErased());
  EXPECT_EQ(lookup.Tenant(kAcme).contacts, 0);
  EXPECT_EQ(lookup.Tenant(kAcme).users, 1);
}

TEST(ErasedPerson, HasItsPasswordsErased) {
  LogScript log = WithJane();
  log.Then("acme", JaneErased());
  MemoryViewStore views;
  Project(log, &views);
  EXPECT_EQ(Rows(views, "replaced "),
            "replaced acme 1\\x00credential-1 → credential-1\n"
            "replaced acme 1\\x00credential-2 → credential-2\n");
}

TEST(ErasedPerson, FreesItsEmailForAnotherContact) {
  LogScript log = WithJane();
  log.Then("acme", JaneErased()).Then("acme", Created(2, "Another", "jane@example.org"));
  MemoryViewStore views;
  Project(log, &views);
  EXPECT_EQ(ViewLookup(views).ContactByEmail(kAcme, "jane@example.org"), ContactId{2});
  EXPECT_EQ(ViewLookup(views).Tenant(kAcme).contacts, 1);
}

// A record of an erased actor that comes later all the same: no reader could open its key.
TEST(ErasedPerson, GetsNoNewKeys) {
  LogScript log = WithJane();
  log.Then("acme", JaneErased()).Then("acme", Idle("CreateContact"), {"1", "late key"});
  MemoryViewStore views;
  Project(log, &views);
  EXPECT_EQ(Rows(views, "keys ").find("late"), std::string::npos);
}

TEST(ErasedMonth, TakesTheKeysOfThatTimeAlong) {
  LogScript log;
  log.Opens()
      .Then("acme", Idle("CreateContact"), {"7", "first"})
      .Unknown("other")
      .Then("acme", Idle("CreateContact"), {"7", "second"});
  MemoryViewStore views;
  Project(log, &views);
  EXPECT_NE(Rows(views, "keys ").find("first"), std::string::npos);
  log.Then("acme", MonthErased{"2025-11"}, {"8", "third"});
  MemoryViewStore same_month;
  Project(log, &same_month);
  EXPECT_NE(Rows(same_month, "keys ").find("first"), std::string::npos) << "these are not older";
  log.Then("acme", MonthErased{"2025-12"}, {"8", "fourth"});
  MemoryViewStore erased;
  Project(log, &erased);
  EXPECT_EQ(Rows(erased, "keys "), "") << "times of this log are of 2025-11";
}

TEST(Hold, IsListedUntilItIsLiftedOrItsContactIsErased) {
  LogScript log = WithJane();
  log.Then("acme", HoldPlaced{kJane}).Then("acme", HoldPlaced{kJane});
  MemoryViewStore held;
  Project(log, &held);
  using Holds = std::vector<std::pair<ContactId, Sequence>>;
  EXPECT_EQ(ViewLookup(held).Holds(kAcme), (Holds{{kJane, Sequence{5}}}));
  EXPECT_TRUE(ViewLookup(held).WholeContact(kAcme, kJane)->held);

  LogScript lifted = log;
  lifted.Then("acme", HoldLifted{kJane});
  MemoryViewStore after;
  Project(lifted, &after);
  EXPECT_EQ(ViewLookup(after).Holds(kAcme), Holds{});

  log.Then("acme", JaneErased());
  MemoryViewStore erased;
  Project(log, &erased);
  EXPECT_EQ(ViewLookup(erased).Holds(kAcme), Holds{});
}

TEST(Disclosure, IsKnownOfTheContactAndOfTheWholeTenant) {
  LogScript log = WithJane();
  log.Then("acme", Disclosed{kJane, "her lawyer", Sequence{1}, Sequence{1}})
      .Then("acme", Disclosed{std::nullopt, "an auditor", Sequence{1}, Sequence{4}})
      .Then("acme", Disclosed{ContactId{2}, "somebody else", Sequence{1}, Sequence{9}})
      .Then("acme", JaneErased());
  MemoryViewStore views;
  Project(log, &views);
  using Names = std::vector<std::string>;
  const ViewLookup lookup(views);
  EXPECT_EQ(lookup.RecipientsOf(kAcme, kJane, Sequence{1}), (Names{"an auditor", "her lawyer"}));
  EXPECT_EQ(lookup.RecipientsOf(kAcme, kJane, Sequence{5}), Names{}) << "made after these";
}

TEST(Erasures, AreToldOnceWithAllThatMustBeDestroyed) {
  LogScript log = WithJane();
  PastErased past{kJane, 3, FieldsOf("Jane", "jane@example.org"), TimeOf(Sequence{1}), {}};
  log.Then("acme", past)
      .Then("acme", PersonErased{kJane, {"ext:u", "1", "1"}, Ground::kUnlawful})
      .Then("acme", MonthErased{"1970-03"})
      .Then("acme", PersonErased{ContactId{9}, {}, Ground::kUnlawful});
  MemoryViewStore views;
  Projector projector(views, TestKeys(), 0, 1);
  projector.Apply(log.entries());
  const std::vector<Erasure> expected{{kAcme, Sequence{5}, kJane, 3, {}, std::nullopt},
                                      {kAcme, Sequence{6}, kJane, 4, {"1", "ext:u"}, std::nullopt},
                                      {kAcme, Sequence{7}, std::nullopt, 0, {}, 2},
                                      // Contact 9 will be another person's.
                                      {kAcme, Sequence{8}, std::nullopt, 0, {}, std::nullopt}};
  EXPECT_EQ(projector.TakeErasures(), expected);
  EXPECT_TRUE(projector.TakeErasures().empty());
}

// ---- readers that cannot open everything ----

// One tenant's rows, made record by record, so that some data can be withheld.
class Reader {
 public:
  Sequence Then(Event event, Who who = {}, bool withheld = false,
                Maybe<ContactId> actor_contact = {}) {
    Record record = RecordAfter(row_.head.value == 0 ? Head{} : Head{row_.head, row_.head_hash},
                                kAcme, std::move(event), who);
    record.data_withheld = withheld;
    record.envelope.actorcontact = actor_contact;
    row_.head = record.envelope.sequence;
    Round round(views_);
    ApplyRecord(record, &row_, &round);
    round.Write(View::kTenants, keys::Tenant(kAcme), row_);
    round.Commit();
    return row_.head;
  }
  const MemoryViewStore& views() const { return views_; }
  ViewLookup lookup() const { return ViewLookup(views_); }

 private:
  MemoryViewStore views_;
  TenantRow row_;
};

constexpr bool kWithheld = true;

TEST(Withheld, AContactCountsAndIsNotShown) {
  Reader reader;
  reader.Then(JaneWithAccount(), {"2"}, kWithheld);
  EXPECT_EQ(AllRows(reader.views()).find("ane"), std::string::npos) << "its record is in memory";
  EXPECT_EQ(reader.lookup().ContactById(kAcme, kJane), std::nullopt);
  EXPECT_EQ(reader.lookup().Tenant(kAcme).contacts, 1);
  EXPECT_EQ(reader.lookup().AccountOf(kAcme, kJane), UserId{"1"});
  EXPECT_EQ(reader.lookup().ErasureOf(kAcme, kJane), std::nullopt) << "not as far as it knows";
}

TEST(Withheld, AnErasedPastGivesItsPresentAndItsUserName) {
  Reader opened;
  Reader rebuilt;
  const PastErased past{kJane, 1, JaneWithAccount().fields, TimeOf(Sequence{1}),
                        JaneWithAccount().account};
  for (auto* reader : {&opened, &rebuilt}) {
    reader->Then(JaneWithAccount(), {"2"}, reader == &rebuilt);
    reader->Then(past, {"2"});
  }
  EXPECT_EQ(Describe(rebuilt.views()), Describe(opened.views()));
  EXPECT_EQ(rebuilt.lookup().UserByName(kAcme, "jane@example.org")->user_id, UserId{"1"});
}

TEST(Seen, ActorsAreKnownByTheirContactUntilItIsErased) {
  Reader reader;
  reader.Then(JaneWithAccount(), {"2"});
  reader.Then(Idle("CreateContact"), {"ext:u-77"}, false, Maybe<ContactId>(kJane));
  reader.Then(Idle("CreateContact"), {"ext:u-77"}, false, Maybe<ContactId>(kJane));
  reader.Then(Idle("CreateContact"), {"ext:u-77"}, false, Maybe<ContactId>(ContactId{2}));
  using Actors = std::vector<std::string>;
  using Contacts = std::vector<ContactId>;
  EXPECT_EQ(reader.lookup().ActorsOf(kAcme, kJane), (Actors{"1", "ext:u-77"}));
  EXPECT_EQ(reader.lookup().ContactsOf(kAcme, "ext:u-77"), (Contacts{kJane, ContactId{2}}));
  EXPECT_EQ(reader.lookup().ContactsOf(kAcme, "1"), Contacts{kJane});
  reader.Then(PersonErased{kJane, {"1", "ext:u-77"}, Ground::kObjected});
  EXPECT_EQ(reader.lookup().ActorsOf(kAcme, kJane), Actors{});
  EXPECT_EQ(reader.lookup().ContactsOf(kAcme, "ext:u-77"), Contacts{ContactId{2}});
}

// Trap 11: whichever sealed records a rebuild can still open, after the erasure its rows are those
// of an instance that opened all, byte for byte.
RC_GTEST_PROP(WithheldProperty, AfterTheErasureTheRowsAreEqual, ()) {
  Reader opened;
  Reader rebuilt;
  const bool is_withheld = *rc::gen::arbitrary<bool>();
  const auto both = [&](const Event& event, const std::string& actor, bool erased_actor) {
    const bool knows_key = !erased_actor || !is_withheld;
    opened.Then(event, {actor, "key-" + actor});
    rebuilt.Then(event, {actor, knows_key ? "key-" + actor : ""}, is_withheld);
  };
  both(JaneWithAccount(), "2", false);
  const auto length = *rc::gen::inRange<int>(0, 10);
  for (int i = 0; i < length; ++i) {
    const std::string text = std::to_string(i);
    const int kind = *rc::gen::inRange(0, 6);
    if (kind == 0) both(PasswordSet{UserId{"1"}, "credential-" + text}, "1", true);
    if (kind == 1) both(HoldPlaced{kJane}, "2", false);
    if (kind == 2) both(HoldLifted{kJane}, "2", false);
    if (kind == 3) both(Disclosed{kJane, "r" + text, Sequence{1}, Sequence{i}}, "2", false);
    if (kind == 4) both(UserChanged{UserId{"1"}, {"member", false}, {text, true}}, "2", false);
    if (kind == 5) {
      both(PastErased{kJane, i, FieldsOf("J", "j" + text), Timestamp{i}, JaneWithAccount().account},
           "2", false);
    }
  }
  both(JaneErased(), "2", false);
  RC_ASSERT(Describe(rebuilt.views()) == Describe(opened.views()));
  RC_ASSERT(Digest(rebuilt.views()) == Digest(opened.views()));
}

}  // namespace
}  // namespace contacts::testing
