// Every business rule of invitations, machines' tokens and limits: given a history, when a command
// comes, then this is decided.
#include <gtest/gtest.h>

#include "command/rules/decide.h"
#include "tests/command/given.h"
#include "tests/command/rules/decided.h"

namespace contacts::testing {
namespace {

const Hash kFirst = Sha256("first link");
const Hash kSecond = Sha256("second link");
constexpr Timestamp kLater{kNow.milliseconds + 1000};
const Error kDeadLink{ErrorCode::kNotFound,
                      "this link is invalid, used or expired; ask for a new one"};

Command Invite(const std::string& user, const Hash& hash) {
  return By(IssueInvitation{UserId{user}, hash, kLater});
}
Command ActivateWith(const Hash& hash, const std::string& user = "2", Timestamp now = kNow) {
  return By(ActivateAccount{{UserId{user}, hash, now}, "credential"});
}
Command IssueNamed(const std::string& name, const std::string& id = "t1") {
  return By(IssueToken{id, name, TokenScope::kRead, std::nullopt, Sha256(id)});
}

// User 1 is root, user 2 the account of contact 1.
class InvitationRule : public ::testing::Test {
 protected:
  InvitationRule() {
    given_.Done(By(AddUser{"root", "admin"})).Done(By(Contact("jane@x.org", /*can_login=*/true)));
  }
  Given given_;
};

TEST_F(InvitationRule, AnUnknownUserIsNotInvited) {
  EXPECT_EQ(ErrorOf(given_.When(Invite("3", kFirst))),
            (Error{ErrorCode::kNotFound, "there is no user 3"}));
  EXPECT_EQ(EventOf<InvitationIssued>(given_.When(Invite("2", kFirst))),
            (InvitationIssued{UserId{"2"}, kFirst, kLater}));
}

TEST_F(InvitationRule, TheLinkSetsThePasswordOnce) {
  EXPECT_EQ(ErrorOf(given_.When(ActivateWith(kFirst))), kDeadLink);
  given_.Done(Invite("2", kFirst));
  EXPECT_EQ(EventOf<PasswordSet>(given_.When(ActivateWith(kFirst))),
            (PasswordSet{UserId{"2"}, "credential"}));
  given_.Done(ActivateWith(kFirst));
  EXPECT_EQ(ErrorOf(given_.When(ActivateWith(kFirst))), kDeadLink);
}

TEST_F(InvitationRule, ANewerLinkOrAPasswordEndsIt) {
  given_.Done(Invite("2", kFirst)).Done(Invite("2", kSecond));
  EXPECT_EQ(ErrorOf(given_.When(ActivateWith(kFirst))), kDeadLink);
  EXPECT_EQ(EventOf<PasswordSet>(given_.When(ActivateWith(kSecond))).user_id, UserId{"2"});
  given_.Done(By(SetPassword{"jane@x.org", "another"}));
  EXPECT_EQ(ErrorOf(given_.When(ActivateWith(kSecond))), kDeadLink);
}

TEST_F(InvitationRule, TheLinkIsOfOneUserAndExpires) {
  given_.Done(Invite("2", kFirst));
  EXPECT_EQ(ErrorOf(given_.When(ActivateWith(kFirst, "1"))), kDeadLink);
  EXPECT_EQ(ErrorOf(given_.When(ActivateWith(kFirst, "9"))), kDeadLink);
  EXPECT_EQ(ErrorOf(given_.When(ActivateWith(kSecond))), kDeadLink);
  EXPECT_EQ(ErrorOf(given_.When(ActivateWith(kFirst, "2", kLater))), kDeadLink);
  given_.Done(ActivateWith(kFirst, "2", Timestamp{kLater.milliseconds - 1}));
}

// A bug once: a link that was sent before the user was disabled still set a password.
TEST_F(InvitationRule, ADisabledUsersLinkEndsForGood) {
  given_.Done(Invite("2", kFirst)).Done(By(ChangeUser{"jane@x.org", std::nullopt, true}));
  EXPECT_EQ(ErrorOf(given_.When(ActivateWith(kFirst))), kDeadLink);
  given_.Done(Invite("2", kSecond));
  EXPECT_EQ(ErrorOf(given_.When(ActivateWith(kSecond))), kDeadLink) << "not while it is disabled";
  given_.Done(By(ChangeUser{"jane@x.org", std::nullopt, false}));
  EXPECT_EQ(ErrorOf(given_.When(ActivateWith(kFirst))), kDeadLink);
  EXPECT_EQ(EventOf<PasswordSet>(given_.When(ActivateWith(kSecond))).user_id, UserId{"2"});
}

TEST_F(InvitationRule, ADisabledUserHasNoSessionToEnd) {
  EXPECT_EQ(EventOf<SessionsEnded>(given_.When(By(EndSessions{"root"}))).user_id, UserId{"1"});
  given_.Done(By(ChangeUser{"root", std::nullopt, true}));
  EXPECT_TRUE(std::holds_alternative<NothingChanged>(given_.When(By(EndSessions{"root"}))));
}

TEST_F(InvitationRule, TheReadModelsAreAskedByTheSameRule) {
  const ShownInvitation link{UserId{"2"}, kFirst, kNow};
  EXPECT_EQ(FaultOf(given_.State().UserById(UserId{"2"}), link), kDeadLink);
  EXPECT_EQ(FaultOf(std::nullopt, link), kDeadLink);
  given_.Done(Invite("2", kFirst));
  EXPECT_EQ(FaultOf(given_.State().UserById(UserId{"2"}), link), std::nullopt);
}

TEST_F(InvitationRule, PendingRecordsCount) {
  given_.Done(Invite("2", kFirst));
  TenantState state = given_.State();
  Record used;
  used.envelope.sequence = Next(state.head().sequence);
  used.event = PasswordSet{UserId{"2"}, "c"};
  state.Apply(used, Sha256("used"));
  EXPECT_EQ(ErrorOf(Decide(state, ActivateWith(kFirst))), kDeadLink);
  Record invited = used;
  invited.envelope.sequence = Next(used.envelope.sequence);
  invited.event = InvitationIssued{UserId{"2"}, kSecond, kLater};
  state.Apply(invited, Sha256("invited"));
  EXPECT_EQ(EventOf<PasswordSet>(Decide(state, ActivateWith(kSecond))).user_id, UserId{"2"});
}

TEST(TokenRule, ANameIsTakenUntilItsTokenIsRevoked) {
  Given given;
  EXPECT_EQ(EventOf<TokenIssued>(given.When(IssueNamed("feed"))),
            (TokenIssued{"t1", "feed", TokenScope::kRead, std::nullopt, Sha256("t1")}));
  given.Done(IssueNamed("feed"));
  EXPECT_EQ(
      ErrorOf(given.When(IssueNamed("feed", "t2"))),
      (Error{ErrorCode::kTokenNameTaken, "a token of this name exists already; revoke it first"}));
  given.Done(By(RevokeToken{"feed"}));
  EXPECT_EQ(EventOf<TokenIssued>(given.When(IssueNamed("feed", "t2"))).token_id, "t2");
}

TEST(TokenRule, OnlyALiveTokenIsRevoked) {
  Given given;
  const Error none{ErrorCode::kNotFound, "there is no token of this name"};
  EXPECT_EQ(ErrorOf(given.When(By(RevokeToken{"feed"}))), none);
  given.Done(IssueNamed("feed"));
  EXPECT_EQ(EventOf<TokenRevoked>(given.When(By(RevokeToken{" feed\u00A0"}))).name, "feed");
  EXPECT_EQ(EventOf<TokenRevoked>(given.When(By(RevokeToken{"feed"}))),
            (TokenRevoked{"t1", "feed"}));
  given.Done(By(RevokeToken{"feed"}));
  EXPECT_EQ(ErrorOf(given.When(By(RevokeToken{"feed"}))), none);
}

TEST(TokenRule, PendingRecordsCount) {
  Given given;
  given.Done(IssueNamed("feed"));
  TenantState state = given.State();
  Record revoked;
  revoked.envelope.sequence = Next(state.head().sequence);
  revoked.event = TokenRevoked{"t1", "feed"};
  state.Apply(revoked, Sha256("revoked"));
  EXPECT_EQ(EventOf<TokenIssued>(Decide(state, IssueNamed("feed", "t2"))).token_id, "t2");
  Record issued = revoked;
  issued.envelope.sequence = Next(revoked.envelope.sequence);
  issued.event = TokenIssued{"t2", "feed", TokenScope::kRead, std::nullopt, Sha256("t2")};
  state.Apply(issued, Sha256("issued"));
  EXPECT_EQ(EventOf<TokenRevoked>(Decide(state, By(RevokeToken{"feed"}))).token_id, "t2");
  state.Settle(issued.envelope.sequence);  // the rows of the read models count again
  EXPECT_EQ(EventOf<TokenRevoked>(Decide(state, By(RevokeToken{"feed"}))).token_id, "t1");
}

TEST(LimitRule, BeyondItNoContactIsCreated) {
  Given given;
  given.Done(By(LimitTenant{2})).Done(By(Contact("a@x.org"))).Done(By(Contact("b@x.org")));
  const Command third = By(Contact("c@x.org"), "key");
  const Decision decision = given.When(third);
  EXPECT_EQ(ErrorOf(decision), (Error{ErrorCode::kTooManyRequests,
                                      "the tenant has reached its limit of contacts: 2",
                                      {},
                                      3600}));
  EXPECT_EQ(RecordedEvent(decision, third), std::nullopt) << "a retry with the key may succeed";
  EXPECT_EQ(ErrorOf(given.When(By(Contact("A@x.org")))).code, ErrorCode::kEmailTaken);
  given.Done(By(LimitTenant{3}));
  EXPECT_EQ(EventOf<ContactCreated>(given.When(third)).id, ContactId{3});
}

TEST(LimitRule, NullRemovesTheLimit) {
  Given given;
  given.Done(By(LimitTenant{0}));
  EXPECT_EQ(ErrorOf(given.When(By(Contact("a@x.org")))).code, ErrorCode::kTooManyRequests);
  given.Done(By(LimitTenant{std::nullopt}));
  EXPECT_EQ(EventOf<ContactCreated>(given.When(By(Contact("a@x.org")))).id, ContactId{1});
  EXPECT_TRUE(std::holds_alternative<NothingChanged>(given.When(By(LimitTenant{std::nullopt}))));
}

}  // namespace
}  // namespace contacts::testing
