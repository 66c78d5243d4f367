// Every business rule: given a history, when a command comes, then this is decided.
#include "command/rules/decide.h"

#include <gtest/gtest.h>

#include "tests/command/given.h"
#include "tests/command/rules/decided.h"
#include "tests/support/keys.h"

namespace contacts::testing {
namespace {

Error TakenBy(ContactId holder, bool is_active) {
  Error error{ErrorCode::kEmailTaken, "a contact with this e-mail exists already"};
  error.contact_id = holder;
  error.is_active = is_active;
  return error;
}

Error NameTakenBy(const UserId& holder) {
  Error error{ErrorCode::kUserNameTaken, "a user of this name exists already"};
  error.user_id = holder;
  return error;
}

CreateContact ContactOfType(const std::string& email, ContactType type) {
  CreateContact create = Contact(email, /*can_login=*/true);
  create.fields.type = type;
  return create;
}

TEST(CreateContactRule, TheFirstContactHasId1AndAllItsFields) {
  const auto event = EventOf<ContactCreated>(Given().When(By(Contact("Jane@X.org"))));
  EXPECT_EQ(event, (ContactCreated{ContactId{1}, Contact("Jane@X.org").fields, std::nullopt}));
}

TEST(CreateContactRule, IdsAreDenseAlsoAfterRefusals) {
  Given given;
  given.Done(By(Contact("a@x.org"))).Done(By(Contact("b@x.org")));
  given.Done(By(Contact("a@x.org"), "k1"));  // a conflict that is history, as its key has an answer
  EXPECT_EQ(EventOf<ContactCreated>(given.When(By(Contact("c@x.org")))).id, ContactId{3});
}

TEST(CreateContactRule, ContactsOfAnotherTenantDoNotCount) {
  Command other = By(Contact("a@x.org"));
  other.tenant = TenantId{"Acme"};
  Given given;
  given.Done(other);
  EXPECT_EQ(EventOf<ContactCreated>(given.When(By(Contact("a@x.org")))).id, ContactId{1});
}

TEST(CreateContactRule, AnEmailIsTakenWhateverItsCaseAndWhiteSpace) {
  Given given;
  given.Done(By(Contact("Jane@X.org")));
  for (const char* email : {"Jane@X.org", "jane@x.ORG", " JANE@x.org\t"}) {
    const Error error = ErrorOf(given.When(By(Contact(email))));
    EXPECT_EQ(error, TakenBy(ContactId{1}, /*is_active=*/true)) << email;
  }
  EXPECT_EQ(EventOf<ContactCreated>(given.When(By(Contact("jane2@x.org")))).id, ContactId{2});
}

TEST(CreateContactRule, ATakenEmailTellsWhetherItsContactIsActive) {
  Given given;
  CreateContact inactive = Contact("jane@x.org");
  inactive.fields.is_active = false;
  given.Done(By(inactive));
  EXPECT_EQ(ErrorOf(given.When(By(Contact("jane@x.org")))), TakenBy(ContactId{1}, false));
}

TEST(CreateContactRule, WithoutCanLoginThereIsNoAccount) {
  EXPECT_EQ(EventOf<ContactCreated>(Given().When(By(Contact("a@x.org")))).account, std::nullopt);
}

TEST(CreateContactRule, CanLoginMakesAnAccountNamedByTheFoldedEmail) {
  const std::pair<ContactType, std::string> roles[] = {{ContactType::kInternal, "member"},
                                                       {ContactType::kExternal, "client"},
                                                       {ContactType::kVendor, "client"},
                                                       {ContactType::kClient, "client"}};
  Given given;
  given.Done(By(AddUser{"root", "admin"}));
  for (const auto& [type, role] : roles) {
    const auto event = EventOf<ContactCreated>(given.When(By(ContactOfType("Jane@X.org", type))));
    EXPECT_EQ(event.account, (Account{UserId{"2"}, "jane@x.org", role}));
    EXPECT_EQ(event.fields.email, "Jane@X.org");
  }
}

TEST(CreateContactRule, AUserNameThatIsTakenRefusesTheContact) {
  Given given;
  given.Done(By(AddUser{"jane@x.org", "admin"}));
  const Error error = ErrorOf(given.When(By(Contact("Jane@X.org", /*can_login=*/true))));
  EXPECT_EQ(error, NameTakenBy(UserId{"1"}));
  EXPECT_EQ(EventOf<ContactCreated>(given.When(By(Contact("Jane@X.org")))).id, ContactId{1});
}

TEST(AddUserRule, NamesAreFoldedAndIdsAreDense) {
  Given given;
  EXPECT_EQ(EventOf<UserAdded>(given.When(By(AddUser{"Root", "admin"}))),
            (UserAdded{UserId{"1"}, "root", "admin", std::nullopt}));
  given.Done(By(Contact("a@x.org", /*can_login=*/true)));
  EXPECT_EQ(EventOf<UserAdded>(given.When(By(AddUser{"root", "admin"}))).user_id, UserId{"2"});
}

// A bug once: jürgen, JÜRGEN and the decomposed spelling were three users.
TEST(AddUserRule, ANameIsTakenInEachSpelling) {
  Given given;
  EXPECT_EQ(EventOf<UserAdded>(given.When(By(AddUser{" JU\u0308RGEN\u00A0", "admin"}))).username,
            "j\u00FCrgen");
  given.Done(By(AddUser{"J\u00DCRGEN", "admin"}));
  for (const char* same : {"j\u00FCrgen", "J\u00DCrgen", "ju\u0308rgen", "\uFF4A\u00FCRGEN"}) {
    EXPECT_EQ(ErrorOf(given.When(By(AddUser{same, "member"}))), NameTakenBy(UserId{"1"}));
    EXPECT_EQ(EventOf<SessionsEnded>(given.When(By(EndSessions{same}))).user_id, UserId{"1"});
  }
  EXPECT_EQ(EventOf<UserAdded>(given.When(By(AddUser{"jurgen", "admin"}))).user_id, UserId{"2"});
}

// Earlier releases folded only ASCII, so both users can exist.
TEST(AddUserRule, OlderUsersAreFoundByTheirExactSpelling) {
  Given given;
  const World world = FixedWorld(9);
  for (const auto& [id, name] : {std::pair("1", "j\u00DCrgen"), std::pair("2", "ju\u0308rgen")}) {
    const UserAdded added{UserId{id}, name, "admin", std::nullopt};
    const Record record = MakeRecord(given.State(), By(AddUser{name, "admin"}), added, world);
    given.Land("acme", EncodeRecord(record));
  }
  for (const auto& [typed, id] : {std::pair("J\u00DCRGEN", "1"), std::pair("j\u00DCrgen", "1"),
                                  std::pair("ju\u0308rgen", "2"), std::pair("JU\u0308RGEN", "2"),
                                  std::pair("j\u00FCrgen", "1")}) {
    EXPECT_EQ(EventOf<SessionsEnded>(given.When(By(EndSessions{typed}))).user_id, UserId{id});
    EXPECT_EQ(ErrorOf(given.When(By(AddUser{typed, "admin"}))).code, ErrorCode::kUserNameTaken);
  }
}

TEST(AddUserRule, ANameIsTakenWhateverItsCaseAndWhoeverHasIt) {
  Given given;
  given.Done(By(AddUser{"root", "admin"})).Done(By(Contact("a@x.org", /*can_login=*/true)));
  EXPECT_EQ(ErrorOf(given.When(By(AddUser{"ROOT", "member"}))), NameTakenBy(UserId{"1"}));
  Error of_a_contact = NameTakenBy(UserId{"2"});
  of_a_contact.contact_id = ContactId{1};
  of_a_contact.is_active = true;
  EXPECT_EQ(ErrorOf(given.When(By(AddUser{"A@x.org", "member"}))), of_a_contact);
}

TEST(ChangeUserRule, ChangesOnlyTheFieldsThatAreGiven) {
  Given given;
  given.Done(By(AddUser{"root", "admin"}));
  EXPECT_EQ(EventOf<UserChanged>(given.When(By(ChangeUser{"Root", "member", std::nullopt}))),
            (UserChanged{UserId{"1"}, {"admin", false}, {"member", false}}));
  EXPECT_EQ(EventOf<UserChanged>(given.When(By(ChangeUser{"root", std::nullopt, true}))),
            (UserChanged{UserId{"1"}, {"admin", false}, {"admin", true}}));
  given.Done(By(ChangeUser{"root", "member", true}));
  EXPECT_EQ(EventOf<UserChanged>(given.When(By(ChangeUser{"root", std::nullopt, false}))),
            (UserChanged{UserId{"1"}, {"member", true}, {"member", false}}));
}

TEST(ChangeUserRule, TheSameStateChangesNothing) {
  Given given;
  given.Done(By(AddUser{"root", "admin"}));
  for (const ChangeUser& change :
       {ChangeUser{"root", "admin", false}, ChangeUser{"root", std::nullopt, std::nullopt}}) {
    const Decision decision = given.When(By(change));
    ASSERT_TRUE(std::holds_alternative<NothingChanged>(decision));
    EXPECT_EQ(std::get<NothingChanged>(decision),
              (NothingChanged{"ChangeUser", std::nullopt, UserId{"1"}}));
  }
}

TEST(ChangeUserRule, AnUnknownUserIsNotFound) {
  EXPECT_EQ(ErrorOf(Given().When(By(ChangeUser{"root", "admin", false}))),
            (Error{ErrorCode::kNotFound, "there is no user of this name"}));
}

TEST(SetPasswordRule, NamesTheUserAndTheCredential) {
  Given given;
  given.Done(By(AddUser{"other", "admin"})).Done(By(AddUser{"root", "admin"}));
  EXPECT_EQ(EventOf<PasswordSet>(given.When(By(SetPassword{"ROOT", "c-1"}))),
            (PasswordSet{UserId{"2"}, "c-1"}));
}

TEST(SetPasswordRule, AnUnknownUserIsNotFound) {
  EXPECT_EQ(ErrorOf(Given().When(By(SetPassword{"root", "c-1"}))),
            (Error{ErrorCode::kNotFound, "there is no user of this name"}));
}

TEST(EndSessionsRule, NamesTheUserEachTime) {
  Given given;
  given.Done(By(AddUser{"other", "admin"})).Done(By(AddUser{"root", "admin"}));
  const auto end = By(EndSessions{"ROOT"});
  EXPECT_EQ(EventOf<SessionsEnded>(given.When(end)), (SessionsEnded{UserId{"2"}}));
  EXPECT_EQ(EventOf<SessionsEnded>(given.Done(end).When(end)), (SessionsEnded{UserId{"2"}}));
}

TEST(EndSessionsRule, AnUnknownUserIsNotFound) {
  EXPECT_EQ(ErrorOf(Given().When(By(EndSessions{"root"}))),
            (Error{ErrorCode::kNotFound, "there is no user of this name"}));
}

TEST(NoteRefusalRule, IsTakenAsItIs) {
  const CommandRefused refused{"CreateContact", ErrorCode::kForbidden, "another role", 3};
  EXPECT_EQ(EventOf<CommandRefused>(Given().When(By(NoteRefusal{refused}))), refused);
}

TEST(Recorded, WithoutAKeyOnlyChanges) {
  const Command command = By(Contact("a@x.org"));
  EXPECT_EQ(RecordedEvent(Error{ErrorCode::kConflict, "taken"}, command), std::nullopt);
  EXPECT_EQ(RecordedEvent(NothingChanged{}, command), std::nullopt);
  EXPECT_EQ(RecordedEvent(Event(PasswordSet{UserId{"1"}, "c"}), command),
            Event(PasswordSet{UserId{"1"}, "c"}));
}

TEST(Answers, ARecordOfARefusalAnswersWithTheError) {
  Record record;
  record.envelope.time = kNow;
  record.envelope.sequence = Sequence{5};
  Error taken = TakenBy(ContactId{42}, /*is_active=*/false);
  taken.user_id = UserId{"7"};
  record.event = Refusal("CreateContact", taken);
  const Answer answer = AnswerOf(record);
  EXPECT_EQ(answer.error, taken);
  EXPECT_EQ(answer.position, Sequence{5});
  EXPECT_EQ(answer.time, kNow);
}

TEST(Answers, ARecordOfAChangeAnswersWithItsEvent) {
  Record record;
  record.event = PasswordSet{UserId{"1"}, "c-1"};
  const Answer answer = AnswerOf(record);
  EXPECT_EQ(answer.error, std::nullopt);
  EXPECT_EQ(answer.event, record.event);
}

// A tenant with one contact, and with entries chained on a second record that no reader has seen,
// more than a writer can have pending.
struct Closed {
  Closed() {
    given.Done(By(Contact("a@x.org")));
    Given elsewhere;
    elsewhere.Done(By(Contact("a@x.org"))).Done(By(Contact("lost@x.org")));
    parent = Sha256(elsewhere.entries().back().value);
    for (int i = 0; i < 1001; ++i) {
      elsewhere.Done(By(SetPassword{"nobody@x.org", "id"}, "k" + std::to_string(i)));
      given.Land("acme", elsewhere.entries().back().value);
    }
  }
  Given given;
  Hash parent;
};

TEST(DisownChainRule, AClosedTenantTakesNothingElse) {
  const Closed closed;
  const Error error = ErrorOf(closed.given.When(By(Contact("b@x.org"))));
  EXPECT_EQ(error.code, ErrorCode::kUnavailable);
  EXPECT_NE(error.message.find("takes no writes"), std::string::npos) << error.message;
  EXPECT_EQ(ErrorOf(closed.given.When(By(Contact("b@x.org"), "key"))).code,
            ErrorCode::kUnavailable);
}

TEST(DisownChainRule, TheChainIsNamedAndTheTenantOpens) {
  Closed closed;
  const Command disown = By(DisownChain{closed.parent});
  EXPECT_EQ(EventOf<ChainDisowned>(closed.given.When(disown)),
            (ChainDisowned{closed.parent, Sequence{3}, Sequence{1003}, 1001}));
  closed.given.Done(disown).Done(By(Contact("b@x.org")));
  EXPECT_EQ(ErrorOf(closed.given.When(disown)).code, ErrorCode::kNotFound);
}

TEST(DisownChainRule, AParentWithoutOrphansIsNotFound) {
  const Closed closed;
  EXPECT_EQ(ErrorOf(closed.given.When(By(DisownChain{Sha256("another")}))).code,
            ErrorCode::kNotFound);
}

TEST(DisownChainRule, ASecondOneAfterAPendingOneIsNotFound) {
  const Closed closed;
  TenantState state = closed.given.State();
  const Command disown = By(DisownChain{closed.parent});
  const World world = FixedWorld(9);
  const Record record =
      MakeRecord(state, disown, *RecordedEvent(Decide(state, disown), disown), world);
  state.Apply(record, Sha256(EncodeRecord(record)));
  EXPECT_EQ(ErrorOf(Decide(state, disown)).code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace contacts::testing
