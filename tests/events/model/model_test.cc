// Given a state, when a record comes, then this is the next state: the models that commands, views
// and checks share.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "events/model/contact_model.h"
#include "events/model/tenant_model.h"
#include "events/model/token_model.h"
#include "events/model/user_model.h"
#include "tests/support/generators.h"

namespace contacts {
namespace {

// The record at position 7 at time 70.
Record At7(Event event) {
  Record record;
  record.envelope.sequence = Sequence{7};
  record.envelope.time = Timestamp{70};
  record.event = std::move(event);
  return record;
}

ContactCreated Jane() {
  ContactCreated event;
  event.id = ContactId{3};
  event.fields.full_name = "Jane";
  event.fields.email = "Jane@X.org";
  return event;
}

ContactCreated JaneWithAccount() {
  ContactCreated event = Jane();
  event.account = Account{UserId{"2"}, "jane@x.org", "member"};
  return event;
}

ContactModel JanesContact() {
  return {.contact = {ContactId{3}, Jane().fields, Timestamp{70}, Timestamp{70}},
          .changed = Sequence{7},
          .first = Sequence{7},
          .last = Sequence{7}};
}

UserModel Ann() { return {UserId{"1"}, "ann", {"member", false}, std::nullopt, "c-1"}; }

TokenIssued Issued() { return {"t1", "feed", TokenScope::kWrite, Timestamp{99}, Sha256("token")}; }
TokenModel Feed() {
  return {"t1", "feed", TokenScope::kWrite, Timestamp{99}, Sha256("token"), false};
}

using Users = std::vector<Subject<UserId>>;

// The tenant after a record that takes nothing away.
TenantModel After(TenantModel before, const Record& record) { return Evolve(before, record, {}); }

const std::optional<ContactModel> kNoContact;
const std::optional<UserModel> kNoUser;
const std::optional<TokenModel> kNoToken;

TEST(ContactModel, BeginsWithItsRecord) {
  EXPECT_EQ(ContactIn(Jane()), (Subject<ContactId>{ContactId{3}, /*begins=*/true}));
  EXPECT_EQ(Evolve(kNoContact, At7(Jane())), JanesContact());
  EXPECT_EQ(IdOf(JanesContact()), ContactId{3});
  EXPECT_EQ(TakenName(JanesContact()), "jane@x.org");
}

TEST(UserModel, BeginsWithAContactsAccount) {
  EXPECT_EQ(UsersIn(JaneWithAccount()), (Users{{UserId{"2"}, /*begins=*/true}}));
  const UserModel jane{UserId{"2"}, "jane@x.org", {"member", false}, ContactId{3}, ""};
  EXPECT_EQ(Evolve(kNoUser, At7(JaneWithAccount())), jane);
  EXPECT_EQ(TakenName(jane), "jane@x.org");
}

TEST(UserModel, AContactWithoutAnAccountSaysNothingOfUsers) {
  EXPECT_EQ(UsersIn(Jane()), Users{});
  EXPECT_EQ(Evolve(Ann(), At7(Jane())), Ann());
  EXPECT_EQ(Evolve(kNoUser, At7(Jane())), std::nullopt);
}

TEST(UserModel, BeginsWhenItIsAdded) {
  const UserAdded added{UserId{"1"}, "ann", "admin", ContactId{9}};
  EXPECT_EQ(UsersIn(added), (Users{{UserId{"1"}, /*begins=*/true}}));
  const UserModel ann{UserId{"1"}, "ann", {"admin", false}, ContactId{9}, ""};
  EXPECT_EQ(Evolve(kNoUser, At7(added)), ann);
  EXPECT_EQ(IdOf(ann), UserId{"1"});
}

TEST(UserModel, AChangeSetsTheStateThatTheEventNames) {
  const UserChanged changed{UserId{"1"}, {"member", false}, {"admin", true}};
  EXPECT_EQ(UsersIn(changed), (Users{{UserId{"1"}, /*begins=*/false}}));
  UserModel after = Ann();
  after.state = {"admin", true};
  after.sessions_ended = Sequence{7};
  EXPECT_EQ(Evolve(Ann(), At7(changed)), after);
}

// A bug once: older sessions and links of a disabled user were valid again once it was enabled.
TEST(UserModel, DisablingEndsSessionsAndInvitationForGood) {
  UserModel invited = Ann();
  invited.invitation = Invitation{Sha256("link"), Timestamp{99}};
  const auto disabled =
      Evolve(invited, At7(UserChanged{UserId{"1"}, {"member", false}, {"member", true}}));
  Record later = At7(UserChanged{UserId{"1"}, {"member", true}, {"member", false}});
  later.envelope.sequence = Sequence{8};
  UserModel after = Ann();
  after.sessions_ended = Sequence{7};
  EXPECT_EQ(Evolve(disabled, later), after);
}

TEST(UserModel, AnotherRoleEndsNoSession) {
  UserModel after = Ann();
  after.state.role = "admin";
  EXPECT_EQ(Evolve(Ann(), At7(UserChanged{UserId{"1"}, {"member", false}, {"admin", false}})),
            after);
}

TEST(UserModel, APasswordEndsTheInvitationThatANewerOneReplaced) {
  const InvitationIssued first{UserId{"1"}, Sha256("first"), Timestamp{1}};
  const InvitationIssued second{UserId{"1"}, Sha256("second"), Timestamp{2}};
  EXPECT_EQ(UsersIn(first), (Users{{UserId{"1"}, /*begins=*/false}}));
  UserModel invited = Ann();
  invited.invitation = Invitation{Sha256("second"), Timestamp{2}};
  EXPECT_EQ(Evolve(Evolve(Ann(), At7(first)), At7(second)), invited);

  const PasswordSet set{UserId{"1"}, "c-2"};
  EXPECT_EQ(UsersIn(set), (Users{{UserId{"1"}, /*begins=*/false}}));
  UserModel active = Ann();
  active.credential_id = "c-2";
  EXPECT_EQ(Evolve(invited, At7(set)), active);
}

TEST(UserModel, SessionsEndAtTheRecord) {
  EXPECT_EQ(UsersIn(SessionsEnded{UserId{"1"}}), (Users{{UserId{"1"}, /*begins=*/false}}));
  UserModel after = Ann();
  after.sessions_ended = Sequence{7};
  EXPECT_EQ(Evolve(Ann(), At7(SessionsEnded{UserId{"1"}})), after);
}

TEST(UserModel, ARecordAboutAUserThatNeverExistedCreatesNone) {
  const UserId nobody{"9"};
  for (const Event& event : {Event(UserChanged{nobody, {"member", false}, {"admin", false}}),
                             Event(PasswordSet{nobody, "c"}), Event(SessionsEnded{nobody}),
                             Event(InvitationIssued{nobody, Sha256("link"), Timestamp{1}})}) {
    EXPECT_EQ(Evolve(kNoUser, At7(event)), std::nullopt);
  }
}

TEST(TokenModel, BeginsWhenItIsIssued) {
  EXPECT_EQ(TokenIn(Issued()), (Subject<std::string>{"t1", /*begins=*/true}));
  EXPECT_EQ(Evolve(kNoToken, At7(Issued())), Feed());
  EXPECT_EQ(IdOf(Feed()), "t1");
  EXPECT_EQ(TakenName(Feed()), "feed");
}

TEST(TokenModel, ARevokedOneIsKeptAndItsNameIsFree) {
  const TokenRevoked revoked{"t1", "feed"};
  EXPECT_EQ(TokenIn(revoked), (Subject<std::string>{"t1", /*begins=*/false}));
  TokenModel after = Feed();
  after.revoked = true;
  EXPECT_EQ(Evolve(Feed(), At7(revoked)), after);
  EXPECT_EQ(TakenName(after), std::nullopt);
  EXPECT_EQ(Evolve(kNoToken, At7(revoked)), std::nullopt);
}

TEST(TenantModel, CountsContactsAndUsersAndTheIdsThatWereGiven) {
  TenantModel tenant;
  tenant = After(tenant, At7(Jane()));
  EXPECT_EQ(tenant, (TenantModel{Sequence{7}, ContactId{1}, 1, 0, 0, std::nullopt}));
  tenant = After(tenant, At7(JaneWithAccount()));
  EXPECT_EQ(tenant, (TenantModel{Sequence{7}, ContactId{2}, 2, 1, 1, std::nullopt}));
  tenant = After(tenant, At7(UserAdded{UserId{"2"}, "ann", "admin", std::nullopt}));
  EXPECT_EQ(tenant, (TenantModel{Sequence{7}, ContactId{2}, 2, 2, 2, std::nullopt}));
}

TEST(TenantModel, LastIdsAndCountsAreIndependent) {
  const TenantModel five_of_nine{Sequence{1}, ContactId{9}, 5, 4, 2, std::nullopt};
  EXPECT_EQ(After(five_of_nine, At7(JaneWithAccount())),
            (TenantModel{Sequence{7}, ContactId{10}, 6, 5, 3, std::nullopt}));
}

TEST(TenantModel, TheNewestLimitCounts) {
  const TenantModel limited = After(TenantModel{}, At7(TenantLimited{5}));
  EXPECT_EQ(limited.contact_limit, 5);
  EXPECT_EQ(After(limited, At7(TenantLimited{})).contact_limit, std::nullopt);
}

TEST(DisownedIn, NamesTheParentOfTheChains) {
  const ChainDisowned disowned{Sha256("lost"), Sequence{3}, Sequence{5}, 3};
  EXPECT_EQ(DisownedIn(disowned), Sha256("lost"));
  EXPECT_EQ(DisownedIn(Jane()), std::nullopt);
}

// No event changes an e-mail or a user name yet, so the tests compare states.
TEST(NameChange, AnotherEmailFreesTheOneBefore) {
  const std::optional<ContactModel> before = JanesContact();
  std::optional<ContactModel> after = before;
  after->contact.fields.email = "jane@y.org";
  EXPECT_EQ(NameChangeOf(before, after), (NameChange{"jane@x.org", "jane@y.org"}));
}

TEST(NameChange, AnotherCaseOfTheSameEmailChangesNothing) {
  const std::optional<ContactModel> before = JanesContact();
  std::optional<ContactModel> after = before;
  after->contact.fields.email = " JANE@x.org";
  EXPECT_EQ(NameChangeOf(before, after), NameChange{});
}

TEST(NameChange, ANewSubjectTakesItsNameAndARemovedOneFreesIt) {
  const std::optional<UserModel> ann = Ann();
  EXPECT_EQ(NameChangeOf(kNoUser, ann), (NameChange{std::nullopt, "ann"}));
  EXPECT_EQ(NameChangeOf(ann, kNoUser), (NameChange{"ann", std::nullopt}));
  EXPECT_EQ(NameChangeOf(kNoUser, kNoUser), NameChange{});
}

// No event changes a subject that it is not about.
RC_GTEST_PROP(ModelProperty, AnEventChangesNothingButWhatItIsAbout, ()) {
  const Record record = At7(*gen::AnyEvent());
  if (!ContactIn(record.event)) {
    RC_ASSERT(Evolve(kNoContact, record) == kNoContact);
    RC_ASSERT(Evolve(JanesContact(), record) == JanesContact());
  }
  if (UsersIn(record.event).empty()) {
    RC_ASSERT(Evolve(kNoUser, record) == kNoUser);
    RC_ASSERT(Evolve(Ann(), record) == Ann());
  }
  if (!TokenIn(record.event)) {
    RC_ASSERT(Evolve(kNoToken, record) == kNoToken);
    RC_ASSERT(Evolve(Feed(), record) == Feed());
  }
}

// Cached lists are valid as long as this position stays the same.
RC_GTEST_PROP(ModelProperty, AnEventChangesListsIfItChangesWhatIsShownOfAContact, ()) {
  const Record record = At7(*gen::AnyEvent());
  const bool is_noted = std::holds_alternative<HoldPlaced>(record.event) ||
                        std::holds_alternative<HoldLifted>(record.event) ||
                        std::holds_alternative<Disclosed>(record.event);
  const Sequence changed = After(TenantModel{}, record).contacts_changed;
  RC_ASSERT(changed == (ContactIn(record.event) && !is_noted ? Sequence{7} : Sequence{0}));
}

// A subject that an event begins needs no state before, and has the id that the event names.
RC_GTEST_PROP(ModelProperty, ANewSubjectIsTheSameWhateverWasBefore, ()) {
  const Record record = At7(*gen::AnyEvent());
  if (const auto contact = ContactIn(record.event); contact && contact->begins) {
    const auto after = Evolve(kNoContact, record);
    RC_ASSERT(after && IdOf(*after) == contact->id);
    RC_ASSERT(Evolve(JanesContact(), record) == after);
  }
  for (const auto& user : UsersIn(record.event)) {
    if (!user.begins) continue;
    const auto after = Evolve(kNoUser, record);
    RC_ASSERT(after && IdOf(*after) == user.id);
    RC_ASSERT(Evolve(Ann(), record) == after);
  }
  if (const auto token = TokenIn(record.event); token && token->begins) {
    const auto after = Evolve(kNoToken, record);
    RC_ASSERT(after && IdOf(*after) == token->id);
    RC_ASSERT(Evolve(Feed(), record) == after);
  }
}

}  // namespace
}  // namespace contacts
