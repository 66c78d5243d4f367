// Pending records over the read models: what a command sees, and which records are kept.
#include "command/tenant_state.h"

#include <gtest/gtest.h>

#include "events/rows/row_archive.h"
#include "projections/store/keys.h"
#include "tests/command/given.h"
#include "tests/support/keys.h"

namespace contacts::testing {
namespace {

// A state with records on top that the log has not given back yet.
class Pending {
 public:
  explicit Pending(Given& given) : given_(given), state(given.State()) {}

  Pending& Then(const Command& command) {
    const std::optional<Event> event = RecordedEvent(Decide(state, command), command);
    const Record record = MakeRecord(state, command, event.value(), world_);
    bytes_.push_back(EncodeRecord(record));
    state.Apply(record, Sha256(bytes_.back()));
    return *this;
  }
  // The next `count` records become history and are applied; the state does not know of it yet.
  void Lands(size_t count = 1) {
    for (; count > 0; --count) {
      ASSERT_EQ(given_.Land("acme", bytes_[landed_++]).verdict, Judged::Verdict::kHistory);
    }
  }

 private:
  Given& given_;
  const World world_ = FixedWorld(9);
  std::vector<std::string> bytes_;
  size_t landed_ = 0;

 public:
  TenantState state;
};

TEST(TenantState, IsEmptyForATenantWithoutHistory) {
  const Given given;
  const TenantState state = given.State();
  EXPECT_EQ(state.head(), Head{});
  EXPECT_EQ(state.model().contacts, 0);
  EXPECT_EQ(state.model().users, 0);
  EXPECT_EQ(state.parked(), "");
  EXPECT_EQ(state.ContactByEmail("a@x.org"), std::nullopt);
  EXPECT_EQ(state.UserByName("root"), std::nullopt);
  EXPECT_EQ(state.FirstUse("7", "k1"), std::nullopt);
  EXPECT_EQ(state.RecordAt(Sequence{1}), std::nullopt);
}

TEST(TenantState, BeginsWithTheReadModels) {
  Given given;
  given.Done(By(Contact("a@x.org", /*can_login=*/true), "k1"));
  const TenantState state = given.State();
  EXPECT_EQ(state.head(), (Head{Sequence{1}, Sha256(given.entries().back().value)}));
  EXPECT_EQ(state.time(), kNow);
  EXPECT_EQ(state.model().contacts, 1);
  EXPECT_EQ(state.model().users, 1);
  EXPECT_EQ(state.ContactByEmail("a@x.org"), ContactId{1});
  EXPECT_EQ(state.UserByName("a@x.org")->contact_id, ContactId{1});
  EXPECT_EQ(state.FirstUse("7", "k1")->envelope.sequence, Sequence{1});
  EXPECT_EQ(state.FirstUse("8", "k1"), std::nullopt);
}

TEST(TenantState, PendingRecordsAreSeenImmediately) {
  Given given;
  given.Done(By(Contact("a@x.org")));
  Pending pending(given);
  pending.Then(By(Contact("B@x.org", /*can_login=*/true), "k1"));
  const TenantState& state = pending.state;
  EXPECT_EQ(state.head().sequence, Sequence{2});
  EXPECT_EQ(state.model().contacts, 2);
  EXPECT_EQ(state.model().users, 1);
  EXPECT_EQ(state.ContactByEmail("b@x.org"), ContactId{2});
  EXPECT_EQ(state.ContactByEmail("a@x.org"), ContactId{1});
  EXPECT_EQ(state.UserByName("b@x.org")->user_id, UserId{"1"});
  EXPECT_EQ(state.FirstUse("7", "k1")->envelope.sequence, Sequence{2});
  EXPECT_EQ(state.RecordAt(Sequence{2})->envelope.sequence, Sequence{2});
}

TEST(TenantState, AChangeOfAUserOfTheReadModelsIsSeen) {
  Given given;
  given.Done(By(AddUser{"root", "admin"}));
  Pending pending(given);
  pending.Then(By(ChangeUser{"root", "member", std::nullopt})).Then(By(SetPassword{"root", "c-1"}));
  const UserModel user = *pending.state.UserByName("root");
  EXPECT_EQ(user.state, (UserState{"member", false}));
  EXPECT_EQ(user.credential_id, "c-1");
  EXPECT_EQ(user.user_id, UserId{"1"});
  EXPECT_EQ(given.State().UserByName("root")->state, (UserState{"admin", false}));
}

TEST(TenantState, AChangeOfAPendingUserIsSeen) {
  Given given;
  Pending pending(given);
  pending.Then(By(AddUser{"root", "admin"})).Then(By(ChangeUser{"root", std::nullopt, true}));
  EXPECT_EQ(pending.state.UserByName("root")->state, (UserState{"admin", true}));
}

TEST(TenantState, SettlingKeepsWhatIsStillPending) {
  Given given;
  Pending pending(given);
  pending.Then(By(Contact("a@x.org", /*can_login=*/true), "k1"));
  pending.Then(By(Contact("b@x.org", /*can_login=*/true), "k2"));
  pending.Lands();
  pending.state.Settle(Sequence{1});
  const TenantState& state = pending.state;
  EXPECT_EQ(state.head().sequence, Sequence{2});
  EXPECT_EQ(state.model().contacts, 2);
  for (const auto& [email, id] : {std::pair("a@x.org", 1), std::pair("b@x.org", 2)}) {
    EXPECT_EQ(state.ContactByEmail(email), ContactId{id});
    EXPECT_EQ(state.UserByName(email)->contact_id, ContactId{id});
  }
  EXPECT_EQ(state.FirstUse("7", "k1")->envelope.sequence, Sequence{1});
  EXPECT_EQ(state.FirstUse("7", "k2")->envelope.sequence, Sequence{2});
}

// Settles records that never landed, because the read models would show records that did.
TEST(TenantState, SettlingDropsAppliedRecordsOnly) {
  Given given;
  Pending pending(given);
  pending.Then(By(Contact("a@x.org", /*can_login=*/true), "k1"));
  pending.Then(By(Contact("b@x.org", /*can_login=*/true), "k2"));
  pending.state.Settle(Sequence{1});
  const TenantState& state = pending.state;
  EXPECT_EQ(state.ContactByEmail("a@x.org"), std::nullopt);
  EXPECT_EQ(state.UserByName("a@x.org"), std::nullopt);
  EXPECT_EQ(state.FirstUse("7", "k1"), std::nullopt);
  EXPECT_EQ(state.RecordAt(Sequence{1}), std::nullopt);
  EXPECT_EQ(state.ContactByEmail("b@x.org"), ContactId{2});
  EXPECT_EQ(state.UserByName("b@x.org")->user_id, UserId{"2"});
  EXPECT_EQ(state.FirstUse("7", "k2")->envelope.sequence, Sequence{2});
  EXPECT_TRUE(state.RecordAt(Sequence{2}));
  pending.state.Settle(Sequence{2});
  EXPECT_EQ(state.ContactByEmail("b@x.org"), std::nullopt);
  EXPECT_EQ(state.UserByName("b@x.org"), std::nullopt);
  EXPECT_EQ(state.FirstUse("7", "k2"), std::nullopt);
}

TEST(TenantState, AUserThatWasChangedAgainStaysUntilThatIsApplied) {
  Given given;
  given.Done(By(AddUser{"root", "admin"}));
  Pending pending(given);
  pending.Then(By(ChangeUser{"root", "member", std::nullopt}));
  pending.Then(By(ChangeUser{"root", std::nullopt, true}));
  pending.Lands();
  pending.state.Settle(Sequence{2});
  EXPECT_EQ(pending.state.UserByName("root")->state, (UserState{"member", true}));
  pending.Lands();
  pending.state.Settle(Sequence{3});
  EXPECT_EQ(pending.state.UserByName("root")->state, (UserState{"member", true}));
}

TEST(TenantState, AUserThatWasAddedAndChangedIsTheChangedOneWhenOnlyTheFirstIsApplied) {
  Given given;
  Pending pending(given);
  pending.Then(By(AddUser{"root", "admin"})).Then(By(ChangeUser{"root", std::nullopt, true}));
  pending.Lands();
  pending.state.Settle(Sequence{1});
  EXPECT_EQ(pending.state.UserByName("root")->state, (UserState{"admin", true}));
  EXPECT_EQ(pending.state.UserById(UserId{"1"})->state, (UserState{"admin", true}));
}

// The pending record says "free again", while the read models still have the name.
TEST(TenantState, APendingRecordThatFreesANameShadowsTheReadModels) {
  Given given;
  given.Done(By(IssueToken{"t1", "feed", TokenScope::kRead, std::nullopt, {}}));
  Pending pending(given);
  const TenantState& state = pending.state;
  EXPECT_EQ(state.TokenByName("feed")->token_id, "t1");
  pending.Then(By(RevokeToken{"feed"}));
  EXPECT_EQ(state.TokenByName("feed"), std::nullopt);
  EXPECT_TRUE(given.lookup().TokenByName(TenantId{"acme"}, "feed"));
  pending.Then(By(IssueToken{"t2", "feed", TokenScope::kRead, std::nullopt, {}}));
  EXPECT_EQ(state.TokenByName("feed")->token_id, "t2");
  pending.Lands();
  pending.state.Settle(Sequence{2});
  EXPECT_EQ(state.TokenByName("feed")->token_id, "t2");
}

TEST(TenantState, ChainsThatAPendingRecordDisownsAreNotOrphans) {
  MemoryViewStore views;
  const Hash lost = Sha256("lost");
  SupersededChain orphans;
  orphans.root = SupersededChain::Root::kUnknown;
  orphans.parent = lost;
  ViewBatch batch;
  batch.Put(View::kSuperseded, keys::Tenant(TenantId{"acme"}), ToRow(SupersededRow{{orphans}}));
  views.Write(batch);
  const ViewLookup lookup(views);
  TenantState state(lookup, TestKeys(), TenantId{"acme"});
  EXPECT_TRUE(state.OrphansOn(lost));
  Record record;
  record.envelope.sequence = Sequence{1};
  record.event = ChainDisowned{lost, Sequence{1}, Sequence{1}, 1};
  state.Apply(record, Hash{});
  EXPECT_EQ(state.OrphansOn(lost), std::nullopt);
}

// No event removes a contact or a user yet, so the test writes the row of a tenant that lost some.
TEST(TenantState, TheNextIdFollowsTheLastOneAndTheLimitTheCount) {
  MemoryViewStore views;
  TenantRow row;
  row.last_contact_id = ContactId{9};
  row.contacts = 5;
  row.last_user_id = 4;
  row.users = 2;
  row.contact_limit = 6;
  ViewBatch batch;
  batch.Put(View::kTenants, keys::Tenant(TenantId{"acme"}), ToRow(row));
  views.Write(batch);
  const ViewLookup lookup(views);
  const TenantState state(lookup, TestKeys(), TenantId{"acme"});
  const Decision decision = Decide(state, By(Contact("a@x.org", /*can_login=*/true)));
  const auto& created = std::get<ContactCreated>(std::get<Event>(decision));
  EXPECT_EQ(created.id, ContactId{10});
  EXPECT_EQ(created.account->user_id, UserId{"5"});
}

TEST(TenantState, TheFirstUseOfAKeyCounts) {
  Given given;
  given.Done(By(Contact("a@x.org"), "k1"));
  Pending pending(given);
  Record again = *pending.state.RecordAt(Sequence{1});
  again.envelope.sequence = Sequence{2};
  pending.state.Apply(again, Hash{});
  EXPECT_EQ(pending.state.FirstUse("7", "k1")->envelope.sequence, Sequence{1});
}

TEST(TenantState, APendingUserIsFoundInEachSpelling) {
  Given given;
  Pending pending(given);
  pending.Then(By(AddUser{"J\u00DCRGEN", "admin"}));
  for (const char* typed : {"j\u00FCrgen", "J\u00DCrgen", "ju\u0308rgen"}) {
    EXPECT_EQ(pending.state.UserByName(typed)->user_id, UserId{"1"}) << typed;
  }
}

// The erasure is not history yet, so its keys are still there, and so is the pending plain text.
TEST(TenantState, ARecordIsWithheldOnceAPendingOneErasesIt) {
  Given given;
  given.Done(By(Contact("a@x.org"), "first"));
  Pending pending(given);
  pending.Then(By(Contact("b@x.org"), "second"));
  pending.Then(By(ErasePerson{ContactId{1}, {}, Ground::kObjected}));
  pending.Then(By(ErasePerson{ContactId{2}, {}, Ground::kObjected}));
  EXPECT_TRUE(pending.state.FirstUse("7", "first").value().data_withheld);
  EXPECT_TRUE(pending.state.FirstUse("7", "second").value().data_withheld);
}

TEST(TenantState, ARecordIsWithheldOnceAPendingOneErasesItsPast) {
  Given given;
  given.Done(By(Contact("a@x.org"), "first"));
  Pending pending(given);
  pending.Then(By(ErasePast{ContactId{1}}, "past"));
  EXPECT_TRUE(pending.state.FirstUse("7", "first").value().data_withheld);
  EXPECT_FALSE(pending.state.FirstUse("7", "past").value().data_withheld);
}

// An actor who asked again under such a key, right behind the erasure, was told that the key was
// used.
TEST(TenantState, KeysOfAMonthThatAPendingRecordErasesAreFree) {
  Given given;
  given.Done(By(Contact("a@x.org"), "first"));
  Pending pending(given);
  pending.Then(By(Contact("b@x.org"), "second"));
  ASSERT_TRUE(pending.state.FirstUse("7", "first"));
  ASSERT_TRUE(pending.state.FirstUse("7", "second"));
  pending.Then(By(AllMonths()));
  EXPECT_FALSE(pending.state.FirstUse("7", "first"));
  EXPECT_FALSE(pending.state.FirstUse("7", "second"));
  pending.Lands(2);
  pending.state.Settle(Sequence{3});
  const Command other = By(Contact("c@x.org"), "second", "another body");
  EXPECT_TRUE(std::holds_alternative<Event>(Decide(pending.state, other)));
  EXPECT_TRUE(std::holds_alternative<Event>(given.When(other)));
}

// A refusal was sealed with the keys of the past, which are gone, so it was not recorded.
TEST(TenantState, ARefusalIsSealedWithTheKeysOfTheContactsPresent) {
  Given given;
  given.Done(By(Contact("a@x.org")));
  given.Done(By(ErasePast{ContactId{1}}));
  const Command again = By(Contact("a@x.org"), "again");
  const auto refused = RecordedEvent(Decide(given.State(), again), again);
  const Record record = MakeRecord(given.State(), again, refused.value(), FixedWorld(9));
  EXPECT_TRUE(std::holds_alternative<CommandRefused>(record.event));
  EXPECT_EQ(record.generation, 1);
}

}  // namespace
}  // namespace contacts::testing
