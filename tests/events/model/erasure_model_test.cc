// Given a contact, a user or a tenant, when somebody is erased, then nothing of them is left, and
// it does not matter whether their data could be opened before.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

#include "events/model/contact_model.h"
#include "events/model/tenant_model.h"
#include "events/model/user_model.h"
#include "tests/support/generators.h"

namespace contacts {
namespace {

using Contacts = std::map<ContactId, ContactModel>;
using UsersById = std::map<UserId, UserModel>;

// The models of one tenant, as any reader of its history keeps them.
struct Tenant {
  Contacts contacts;
  UsersById users;
  TenantModel counts;
  int64_t length = 0;

  bool operator==(const Tenant&) const = default;

  std::optional<ContactModel> ContactAt(ContactId id) const {
    const auto found = contacts.find(id);
    return found == contacts.end() ? std::nullopt : std::optional(found->second);
  }
  std::optional<UserModel> UserAt(const UserId& id) const {
    const auto found = users.find(id);
    return found == users.end() ? std::nullopt : std::optional(found->second);
  }

  Tenant& Then(Event event, bool withheld = false) {
    Record record;
    record.envelope.sequence = Sequence{++length};
    record.envelope.time = Timestamp{10 * length};
    record.event = std::move(event);
    record.data_withheld = withheld;
    const Removed removed = RemovedBy(
        record, [&](ContactId id) { return ContactAt(id); },
        [&](const UserId& id) { return UserAt(id); });
    counts = Evolve(counts, record, removed);
    if (const auto subject = ContactIn(record.event)) {
      auto after = Evolve(ContactAt(subject->id), record);
      if (after) contacts.insert_or_assign(subject->id, *std::move(after));
    }
    for (const auto& subject : UsersIn(record.event)) {
      auto after = Evolve(UserAt(subject.id), record);
      users.erase(subject.id);
      if (after) users.emplace(subject.id, *std::move(after));
    }
    return *this;
  }
};

constexpr bool kWithheld = true;
constexpr ContactId kJane{1};
const UserId kJanesUser{"1"};

ContactFields JanesFields(const std::string& email = "Jane@X.org") {
  ContactFields fields;
  fields.full_name = "Jane";
  fields.email = email;
  return fields;
}

ContactCreated JaneOf() {
  return {kJane, JanesFields(), Account{kJanesUser, "jane@x.org", "member"}};
}

PersonErased JaneErased() { return {kJane, {"1"}, Ground::kConsentWithdrawn}; }

PastErased JanesPastErased() {
  return {kJane, 1, JanesFields(), Timestamp{10}, Account{kJanesUser, "jane@x.org", "member"}};
}

TEST(ErasedContact, LeavesItsIdAndPositions) {
  const Tenant tenant = Tenant().Then(JaneOf()).Then(JaneErased());
  ContactModel tombstone;
  tombstone.contact.id = kJane;
  tombstone.changed = Sequence{2};
  tombstone.first = Sequence{1};
  tombstone.last = Sequence{2};
  tombstone.erased = Sequence{2};
  EXPECT_EQ(tenant.ContactAt(kJane), tombstone);
  EXPECT_FALSE(tombstone.IsShown());
  EXPECT_EQ(TakenName(tombstone), std::nullopt);
}

TEST(ErasedContact, FreesItsEmail) {
  const std::optional<ContactModel> before = Tenant().Then(JaneOf()).ContactAt(kJane);
  const auto after = Tenant().Then(JaneOf()).Then(JaneErased()).ContactAt(kJane);
  EXPECT_EQ(NameChangeOf(before, after), (NameChange{"jane@x.org", std::nullopt}));
}

TEST(ErasedContact, TakesItsUserAlong) {
  EXPECT_EQ(Tenant().Then(JaneOf()).Then(JaneErased()).UserAt(kJanesUser), std::nullopt);
}

TEST(ErasedContact, ASecondErasureKeepsTheFirstPosition) {
  const auto jane = Tenant().Then(JaneOf()).Then(JaneErased()).Then(JaneErased()).ContactAt(kJane);
  EXPECT_EQ(jane->erased, Sequence{2});
  EXPECT_EQ(jane->last, Sequence{3});
}

TEST(ErasedContact, NothingBringsItBack) {
  const Tenant tenant = Tenant()
                            .Then(JaneOf())
                            .Then(JaneErased())
                            .Then(JanesPastErased())
                            .Then(HoldPlaced{kJane})
                            .Then(UserChanged{kJanesUser, {"member", false}, {"admin", false}})
                            .Then(PasswordSet{kJanesUser, "c-1"});
  EXPECT_FALSE(tenant.ContactAt(kJane)->IsShown());
  EXPECT_FALSE(tenant.ContactAt(kJane)->held);
  EXPECT_TRUE(tenant.users.empty());
}

TEST(Erasure, OfWhatDoesNotExistChangesNothing) {
  const Tenant tenant = Tenant().Then(PersonErased{kJane, {"1", "ext:u-77", "1"}, {}});
  EXPECT_TRUE(tenant.contacts.empty());
  EXPECT_TRUE(tenant.users.empty());
  EXPECT_EQ(tenant.counts.contacts, 0);
  EXPECT_EQ(tenant.counts.users, 0);
}

TEST(Erasure, OfActorsAloneLeavesTheContact) {
  Tenant tenant;
  tenant.Then(JaneOf()).Then(PersonErased{std::nullopt, {"1"}, {}});
  EXPECT_TRUE(tenant.ContactAt(kJane)->IsShown());
  EXPECT_EQ(tenant.UserAt(kJanesUser), std::nullopt);
}

TEST(ErasureCounts, FallOnceAndIdsAreNeverGivenAgain) {
  Tenant tenant;
  tenant.Then(JaneOf()).Then(UserAdded{UserId{"2"}, "ann", "admin", std::nullopt});
  tenant.Then(PersonErased{kJane, {"1", "1", "operator:jo"}, {}});
  EXPECT_EQ(tenant.counts.contacts, 0);
  EXPECT_EQ(tenant.counts.users, 1);
  EXPECT_EQ(tenant.counts.last_contact_id, kJane);
  EXPECT_EQ(tenant.counts.last_user_id, 2);
  EXPECT_EQ(tenant.counts.erasure, Sequence{3});
  EXPECT_EQ(tenant.counts.contacts_changed, Sequence{3});
  tenant.Then(JaneErased());
  EXPECT_EQ(tenant.counts.contacts, 0);
  EXPECT_EQ(tenant.counts.users, 1);
}

TEST(ErasedMonths, NeverBecomeFewer) {
  Tenant tenant;
  EXPECT_EQ(tenant.Then(MonthErased{"1970-11"}).counts.months_erased, 10);
  EXPECT_EQ(tenant.Then(MonthErased{"1970-02"}).counts.months_erased, 10);
  EXPECT_EQ(tenant.Then(MonthErased{"no month"}).counts.months_erased, 10);
}

TEST(Hold, HoldsUntilItIsLifted) {
  Tenant tenant;
  tenant.Then(JaneOf()).Then(HoldPlaced{kJane});
  EXPECT_TRUE(tenant.ContactAt(kJane)->held);
  EXPECT_EQ(tenant.ContactAt(kJane)->changed, Sequence{1}) << "its ETag stays";
  EXPECT_EQ(tenant.counts.contacts_changed, Sequence{1}) << "kept lists stay";
  EXPECT_FALSE(tenant.Then(HoldLifted{kJane}).ContactAt(kJane)->held);
  EXPECT_EQ(tenant.ContactAt(kJane)->last, Sequence{3});
}

TEST(Last, IsTheNewestRecordAboutTheContact) {
  Tenant tenant;
  tenant.Then(JaneOf()).Then(Disclosed{kJane, "an auditor", Sequence{1}, Sequence{1}});
  EXPECT_EQ(tenant.ContactAt(kJane)->last, Sequence{2});
  tenant.Then(Disclosed{std::nullopt, "an auditor", Sequence{1}, Sequence{2}});
  tenant.Then(PasswordSet{kJanesUser, "c-1"});
  EXPECT_EQ(tenant.ContactAt(kJane)->last, Sequence{2}) << "these are about no contact";
  tenant.Then(JanesPastErased());
  EXPECT_EQ(tenant.ContactAt(kJane)->last, Sequence{5});
  EXPECT_EQ(tenant.ContactAt(kJane)->first, Sequence{1});
}

TEST(ErasedPast, KeepsThePresentInANewGeneration) {
  const Tenant tenant = Tenant().Then(JaneOf()).Then(JanesPastErased());
  const ContactModel jane = *tenant.ContactAt(kJane);
  EXPECT_EQ(jane.generation, 1);
  EXPECT_EQ(jane.changed, Sequence{2});
  EXPECT_EQ(jane.contact, (Contact{kJane, JanesFields(), Timestamp{10}, Timestamp{20}}));
  EXPECT_EQ(tenant.counts.contacts, 1);
}

TEST(Withheld, AContactCountsAndIsNotShown) {
  const Tenant tenant = Tenant().Then(JaneOf(), kWithheld).Then(HoldPlaced{kJane});
  const ContactModel jane = *tenant.ContactAt(kJane);
  EXPECT_FALSE(jane.IsShown());
  EXPECT_TRUE(jane.held);
  EXPECT_EQ(jane.last, Sequence{2});
  EXPECT_EQ(TakenName(jane), std::nullopt);
  EXPECT_EQ(jane.contact.fields, ContactFields{}) << "whatever the event holds";
  EXPECT_EQ(tenant.counts.contacts, 1);
  EXPECT_EQ(tenant.UserAt(kJanesUser)->username, "");
  EXPECT_EQ(TakenName(*tenant.UserAt(kJanesUser)), std::nullopt);
}

// Trap: the user name came with the past, so the erasure of the past must bring it again.
TEST(Withheld, APastThatWasErasedGivesTheSamePresent) {
  const Tenant seen = Tenant().Then(JaneOf()).Then(JanesPastErased());
  EXPECT_EQ(Tenant().Then(JaneOf(), kWithheld).Then(JanesPastErased()), seen);
}

TEST(Withheld, AUserIsKnownByItsIdAlone) {
  const UserAdded ann{UserId{"1"}, "ann", "admin", std::nullopt};
  EXPECT_EQ(Tenant().Then(ann, kWithheld).UserAt(kJanesUser)->username, "");
}

// One event about two people, some of which have the same ids.
Event AnyEventOfTwo(int64_t number) {
  const ContactId contact{*rc::gen::inRange<int64_t>(1, 3)};
  const std::string user = std::to_string(contact.value);
  const std::string text = std::to_string(number);
  const Account account{UserId{user}, "u" + text, "member"};
  switch (*rc::gen::inRange(0, 9)) {
    case 0:
      return UserChanged{UserId{user}, {"member", false}, {"admin", *rc::gen::arbitrary<bool>()}};
    case 1:
      return PasswordSet{UserId{user}, "c" + text};
    case 2:
      return PastErased{contact, number, JanesFields("e" + text), {}, account};
    case 3:
      return HoldPlaced{contact};
    case 4:
      return HoldLifted{contact};
    case 5:
      return Disclosed{contact, "somebody", Sequence{1}, Sequence{number}};
    case 6:
      return PersonErased{contact, {user}, Ground::kUnlawful};
    case 7: {
      ContactChanged changed{contact, {}, {}, {UserId{user}}};
      changed.after.email.emplace("c" + text);
      return changed;
    }
    default:
      return UserAdded{UserId{user}, "u" + text, "admin", std::nullopt};
  }
}

// Trap 11: a rebuild meets records that were sealed for an erased person. Whichever of them it can
// still open, it comes to the models of an instance that opened all.
RC_GTEST_PROP(WithheldProperty, AfterTheErasureNothingTellsWhatCouldBeOpened, ()) {
  Tenant seen;
  Tenant rebuilt;
  for (const int64_t id : {1, 2}) {
    const ContactCreated created{
        ContactId{id}, JanesFields(std::to_string(id)),
        Account{UserId{std::to_string(id)}, "n" + std::to_string(id), "member"}};
    seen.Then(created);
    rebuilt.Then(created, *rc::gen::arbitrary<bool>());
  }
  const int64_t length = *rc::gen::inRange<int64_t>(0, 12);
  for (int64_t number = 3; number < 3 + length; ++number) {
    const Event event = AnyEventOfTwo(number);
    seen.Then(event);
    rebuilt.Then(event, *rc::gen::arbitrary<bool>());
  }
  for (const int64_t id : {1, 2}) {
    const PersonErased erased{ContactId{id}, {std::to_string(id)}, {}};
    seen.Then(erased);
    rebuilt.Then(erased);
  }
  RC_ASSERT(seen == rebuilt);
}

}  // namespace
}  // namespace contacts
