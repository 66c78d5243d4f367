#include "projections/views/user_view.h"

#include "projections/view_lookup.h"
#include "tests/projections/projected.h"

namespace contacts::testing {
namespace {

TEST(UserView, AUserIsFoundByIdAndName) {
  LogScript log;
  log.Opens().Then("acme", Added("1", "admin", "admin"));

  MemoryViewStore views;
  Project(log, &views);

  EXPECT_EQ(Rows(views, "user"),
            R"(users acme 1 → {"userId":"1","username":"admin",)"
            R"("state":{"role":"admin","disabled":false},"contactId":null,"credentialId":"",)"
            R"("sessionsEnded":0,"invitation":null})"
            "\nuser_names acme admin → 1\n");
}

// The user JÜRGEN, stored as jÜrgen, was another user than jürgen.
TEST(UserView, ANameIsFoundAsItIsStoredAndAsItFolds) {
  LogScript log;
  log.Opens().Then("acme", Added("1", "j\u00DCrgen", "admin"));
  MemoryViewStore one;
  Project(log, &one);
  EXPECT_EQ(Rows(one, "user_names"),
            "user_names acme j\\xc3\\x9crgen → 1\nuser_names acme j\\xc3\\xbcrgen → 1\n");

  log.Then("acme", Added("2", "ju\u0308rgen", "admin"))
      .Then("acme", Added("3", "j\u00FCrgen", "member"));
  MemoryViewStore views;
  Project(log, &views);
  EXPECT_EQ(Rows(views, "user_names"),
            "user_names acme ju\\xcc\\x88rgen → 2\nuser_names acme j\\xc3\\x9crgen → 1\n"
            "user_names acme j\\xc3\\xbcrgen → 3\n");

  const ViewLookup lookup(views);
  const auto id_of = [&](const char* typed) {
    const auto user = lookup.UserAsTyped(TenantId{"acme"}, typed);
    return user ? user->user_id.value : "none";
  };
  EXPECT_EQ(id_of("J\u00DCRGEN"), "1");
  EXPECT_EQ(id_of("ju\u0308rgen"), "2");
  EXPECT_EQ(id_of(" j\u00FCrgen"), "3");
  EXPECT_EQ(id_of("JU\u0308rgen"), "2");
  EXPECT_EQ(id_of("\uFF4A\u00DCrgen"), "3");
  EXPECT_EQ(id_of("jurgen"), "none");
}

TEST(UserView, AContactsAccountIsAUserOfThatContact) {
  ContactCreated jane = Created(1, "Jane", "Jane@example.org");
  jane.account = Account{UserId{"2"}, "jane@example.org", "member"};
  LogScript log;
  log.Opens().Then("acme", Added("1", "admin", "admin")).Then("acme", jane);

  MemoryViewStore views;
  Project(log, &views);

  EXPECT_EQ(Rows(views, "users acme 2"),
            R"(users acme 2 → {"userId":"2","username":"jane@example.org",)"
            R"("state":{"role":"member","disabled":false},"contactId":1,"credentialId":"",)"
            R"("sessionsEnded":0,"invitation":null})"
            "\n");
  EXPECT_EQ(Rows(views, "user_names"),
            "user_names acme admin → 1\nuser_names acme jane@example.org → 2\n");
}

TEST(UserView, RolesDisablingAndPasswordsChangeTheUser) {
  LogScript log;
  log.Opens()
      .Then("acme", Added("1", "ann", "member"))
      .Then("acme", PasswordSet{UserId{"1"}, "credential-1"})
      .Then("acme", UserChanged{UserId{"1"}, {"member", false}, {"admin", true}})
      .Then("acme", PasswordSet{UserId{"1"}, "credential-2"});

  MemoryViewStore views;
  Project(log, &views);

  EXPECT_EQ(Rows(views, "users "),
            R"(users acme 1 → {"userId":"1","username":"ann",)"
            R"("state":{"role":"admin","disabled":true},"contactId":null,)"
            R"("credentialId":"credential-2","sessionsEnded":3,"invitation":null})"
            "\n");
}

// The hashes of replaced passwords stayed in the secret store for ever.
TEST(UserView, APasswordThatANewerOneReplacedIsListed) {
  const UserId ann{"1"};
  LogScript log;
  log.Opens().Then("acme", Added("1", "ann", "member")).Then("acme", PasswordSet{ann, "c-1"});
  MemoryViewStore first;
  Project(log, &first);
  EXPECT_EQ(Rows(first, "replaced"), "");

  log.Then("acme", PasswordSet{ann, "c-2"}).Then("acme", PasswordSet{ann, "c-3"});
  MemoryViewStore views;
  Project(log, &views);
  EXPECT_EQ(Rows(views, "replaced"), R"(replaced acme 1\x00c-1 → c-1)"
                                     "\n"
                                     R"(replaced acme 1\x00c-2 → c-2)"
                                     "\n");

  log.Then("acme", PasswordSet{ann, "c-1"});
  MemoryViewStore again;
  Project(log, &again);
  EXPECT_EQ(Rows(again, "replaced"), R"(replaced acme 1\x00c-2 → c-2)"
                                     "\n"
                                     R"(replaced acme 1\x00c-3 → c-3)"
                                     "\n");
}

TEST(UserView, TheRecordThatEndsAUsersSessionsIsKept) {
  LogScript log;
  log.Opens()
      .Then("acme", Added("1", "ann", "member"))
      .Then("acme", SessionsEnded{UserId{"1"}})
      .Then("acme", Added("2", "ben", "member"))
      .Then("acme", SessionsEnded{UserId{"1"}});

  MemoryViewStore views;
  Project(log, &views);

  EXPECT_NE(Rows(views, "users acme 1").find(R"("sessionsEnded":4,)"), std::string::npos);
  EXPECT_NE(Rows(views, "users acme 2").find(R"("sessionsEnded":0,"invitation":null})"),
            std::string::npos);
}

TEST(UserView, AnInvitationStandsUntilAPasswordIsSet) {
  const auto invited = [](const char* link) {
    return InvitationIssued{UserId{"2"}, Sha256(link), Timestamp{0}};
  };
  ContactCreated jane = Created(1, "Jane", "jane@example.org");
  jane.account = Account{UserId{"2"}, "jane@example.org", "member"};
  LogScript log;
  log.Opens().Then("acme", jane).Then("acme", invited("first")).Then("acme", invited("second"));

  MemoryViewStore views;
  Project(log, &views);

  EXPECT_NE(Rows(views, "users acme 2")
                .find(R"("invitation":{"hash":")" + ToHex(Sha256("second")) +
                      R"(","expires":"1970-01-01T00:00:00.000Z"})"),
            std::string::npos);
  EXPECT_EQ(Rows(views, "accounts"), "accounts acme 1 → 2\n");

  log.Then("acme", PasswordSet{UserId{"2"}, "credential-1"});
  MemoryViewStore later;
  Project(log, &later);
  EXPECT_NE(Rows(later, "users acme 2").find(R"("invitation":null)"), std::string::npos);
}

TEST(UserView, AChangeOfAUserThatNeverExistedMakesNoUser) {
  LogScript log;
  log.Opens()
      .Then("acme", PasswordSet{UserId{"9"}, "credential-1"})
      .Then("acme", SessionsEnded{UserId{"9"}})
      .Then("acme", UserChanged{UserId{"9"}, {"member", false}, {"admin", false}});

  MemoryViewStore views;
  Project(log, &views);

  EXPECT_EQ(Rows(views, "user"), "");
  EXPECT_NE(Rows(views, "tenants ").find(R"("applied":3)"), std::string::npos);
}

}  // namespace
}  // namespace contacts::testing
