#include "infra/identity/session_json.h"

#include <gtest/gtest.h>

#include "infra/identity/session_actor.h"
#include "infra/redis/redis_address.h"

namespace contacts {
namespace {

using Words = std::vector<std::string>;

Result<StoredSession> Read(const std::string& user,
                           const SessionFields& fields = SessionFields::Usual()) {
  return ReadSession(R"({"cookie":{"originalMaxAge":null},"user":)" + user + "}", fields);
}

ErrorCode CodeOf(const std::string& user) {
  const auto stored = Read(user);
  return stored.ok() ? ErrorCode::kInternal : stored.error().code;
}

TEST(SessionJson, IdsMayBeTextsOrIntegers) {
  const auto stored = Read(
      R"({"id":9007199254740993,"username":12,"role":"admin","tenantId":"acme","contactId":"42"})");
  ASSERT_TRUE(stored.ok()) << stored.error().message;
  EXPECT_EQ(stored.value().session.user_id, UserId{"9007199254740993"});
  EXPECT_EQ(stored.value().session.username, "12");
  EXPECT_EQ(stored.value().session.contact_id, ContactId{42});
  EXPECT_FALSE(stored.value().own);
}

TEST(SessionJson, WithoutANameTheIdIsTheName) {
  EXPECT_EQ(Read(R"({"id":"u-7","role":"admin","tenantId":1})").value().session.username, "u-7");
}

TEST(SessionJson, NoUserIsLoggedInWithoutAnId) {
  for (const std::string& user : Words{"null", "{}", R"({"id":null,"tenantId":[]})", "7", "[]"}) {
    EXPECT_EQ(CodeOf(user), ErrorCode::kUnauthenticated) << user;
  }
}

TEST(SessionJson, AFieldThatCannotBeUsedIsAFault) {
  const std::string good = R"("id":"7","role":"admin","tenantId":"acme")";
  EXPECT_TRUE(Read("{" + good + "}").ok());
  for (const std::string& tenant : Words{"null", "true", "1.5", "1e3", "-1", "\"\"", "\"a b\"",
                                         "[1]", "{}", "\"\\u00e4\"", "\"\\ud800\""}) {
    EXPECT_EQ(CodeOf(R"({"id":"7","role":"admin","tenantId":)" + tenant + "}"),
              ErrorCode::kBadRequest)
        << tenant;
  }
  for (const std::string& id :
       Words{"true", "1.5", "\"\"", "[]", "\"a\\nb\"", "\"" + std::string(255, 'x') + "\""}) {
    EXPECT_EQ(CodeOf(R"({"role":"admin","tenantId":"acme","id":)" + id + "}"),
              ErrorCode::kBadRequest)
        << id;
  }
  for (const std::string& role : Words{"null", "\"\"", "{}", "[\"admin\"]"}) {
    EXPECT_EQ(CodeOf(R"({"id":"7","tenantId":"acme","role":)" + role + "}"), ErrorCode::kBadRequest)
        << role;
  }
  for (const std::string& contact :
       Words{"0", "-1", "1.5", "\"x\"", "true", "99999999999999999999"}) {
    EXPECT_EQ(CodeOf("{" + good + R"(,"contactId":)" + contact + "}"), ErrorCode::kBadRequest)
        << contact;
  }
  EXPECT_EQ(CodeOf("{" + good + R"(,"username":[]})"), ErrorCode::kBadRequest);
  EXPECT_EQ(CodeOf("{" + good + R"(,"id":"8"})"), ErrorCode::kBadRequest);
}

// A role with U+200B counted as an unknown one, and an id with it as another user.
TEST(SessionJson, AnInvisibleCharacterInANameIsAFaultThatNamesIt) {
  const auto fault_of = [](const std::string& id, const std::string& name, const std::string& role,
                           const std::string& tenant) {
    const auto stored = Read(R"({"id":")" + id + R"(","username":")" + name + R"(","role":")" +
                             role + R"(","tenantId":")" + tenant + "\"}");
    return stored.ok() ? "none, " + stored->session.username : stored.error().message;
  };
  const std::string unseen = "must not hold characters that cannot be seen: ";
  EXPECT_EQ(fault_of("7", " Jane O\u2019Neil ", "admin", "acme"), "none, Jane O\u2019Neil");
  EXPECT_EQ(fault_of("7\u200B", "jane", "admin", "acme"),
            "the user's id " + unseen + "U+200B at position 2");
  EXPECT_EQ(fault_of("7 ", "jane", "admin", "acme"),
            "the user's id must not begin or end with white space");
  EXPECT_EQ(fault_of("7", "ja\u00ADne", "admin", "acme"),
            "the user's name " + unseen + "U+00AD at position 3");
  EXPECT_EQ(fault_of("7", "ja\u202Ene", "admin", "acme"),
            "the user's name must not hold bidirectional controls that are not paired: U+202E at "
            "position 3");
  EXPECT_EQ(fault_of("7", "jane", "admin\uFEFF", "acme"),
            "the role " + unseen + "U+FEFF at position 6");
  EXPECT_EQ(fault_of("7", "jane", "admin", "acme\u00A0"),
            "the tenant must be 1 to 64 letters, digits, '.', '_' or '-', the first a letter or a "
            "digit; it cannot hold U+00A0 at position 5");
}

// Records tell the users of another application from all other actors, so any id will do.
TEST(SessionJson, AnIdOfAnotherApplicationMayLookLikeAnotherActors) {
  for (const std::string& id : Words{"1", "operator", "operator:olga", "token:t1", "ext:1"}) {
    const auto stored = Read(R"({"role":"admin","tenantId":"acme","id":")" + id + R"("})");
    ASSERT_TRUE(stored.ok()) << id;
    EXPECT_FALSE(stored->own);
    EXPECT_EQ(ActorOf(stored->session, {}), "ext:" + id);
  }
}

// Trap: the application's user 7 logs in there in a session that began here as our user 7.
TEST(SessionJson, AnotherUserOfTheSameIdIsNotOurs) {
  const OwnSession own{
      TenantId{"acme"}, UserId{"7"}, "c-1", {Sequence{17}}, Timestamp{1'700'000'000'123}};
  std::string json = WriteSession(own, {own.tenant, own.user_id, "jane", "admin", {}},
                                  SessionFields::Usual(), {}, false);
  EXPECT_TRUE(ReadSession(json, SessionFields::Usual())->own);
  const std::string ours = R"("user":{"id":"7","username":"jane")";
  json.replace(json.find(ours), ours.size(), R"("user":{"id":7,"username":"bob")");
  const auto stored = ReadSession(json, SessionFields::Usual());
  ASSERT_TRUE(stored.ok()) << stored.error().message;
  EXPECT_FALSE(stored->own);
  EXPECT_EQ(ActorOf(stored->session, {}), "ext:7");
}

TEST(SessionJson, TheFieldsAreWhereTheSettingsSay) {
  const auto fields =
      SessionFields::Of("/passport/user", "/passport/user", "/roles/0", "/org~1id", "/c");
  ASSERT_TRUE(fields.ok()) << fields.error().message;
  const auto stored = ReadSession(
      R"({"passport":{"user":"u-42"},"roles":["consultant","x"],"org/id":3,"c":5})", *fields);
  ASSERT_TRUE(stored.ok()) << stored.error().message;
  EXPECT_EQ(stored.value().session.user_id, UserId{"u-42"});
  EXPECT_EQ(stored.value().session.username, "u-42");
  EXPECT_EQ(stored.value().session.role, "consultant");
  EXPECT_EQ(stored.value().session.tenant, TenantId{"3"});
  EXPECT_EQ(stored.value().session.contact_id, ContactId{5});
}

TEST(SessionJson, FieldsThatCannotStandTogetherAreRefused) {
  EXPECT_FALSE(SessionFields::Of("/user", "/user/name", "/r", "/t", "/c").ok());
  EXPECT_FALSE(SessionFields::Of("/id", "/n", "/r", "/r", "/c").ok());
  EXPECT_FALSE(SessionFields::Of("", "/n", "/r", "/t", "/c").ok());
  EXPECT_FALSE(SessionFields::Of("/cookie/id", "/n", "/r", "/t", "/c").ok());
  EXPECT_FALSE(SessionFields::Of("/contactsSession/userId", "/n", "/r", "/t", "/c").ok());
}

TEST(SessionJson, OurSessionIsReadBackWhereverItsFieldsLie) {
  const OwnSession own{TenantId{"acme"}, UserId{"7"}, "c-\"1", Position{Sequence{17}},
                       Timestamp{1'700'000'000'123}};
  const Session user{own.tenant, own.user_id, "j\u00e4ne \"j\"", "admin", ContactId{42}};
  SessionOptions options;
  options.cookie.domain = "example.com";
  for (const auto& fields :
       {SessionFields::Usual(), *SessionFields::Of("/passport/user", "/passport/user", "/roles/0",
                                                   "/a/b~1c/d", "/a/b~1c/e")}) {
    const std::string json = WriteSession(own, user, fields, options, true);
    const auto stored = ReadSession(json, fields);
    ASSERT_TRUE(stored.ok()) << stored.error().message << json;
    EXPECT_EQ(stored.value().own, own);
    EXPECT_EQ(stored.value().expires, Timestamp{own.begun.milliseconds + 86'400'000});
    EXPECT_NE(json.find(R"("secure":true,"httpOnly":true,"domain":"example.com")"),
              std::string::npos);
  }
}

TEST(SessionJson, ThePositionOfALaterEpochIsAText) {
  const OwnSession own{TenantId{"acme"}, UserId{"7"}, "c-1", Position{Sequence{121}, 2},
                       Timestamp{1'700'000'000'123}};
  const std::string json = WriteSession(own, {own.tenant, own.user_id, "jane", "admin", {}},
                                        SessionFields::Usual(), {}, false);
  EXPECT_NE(json.find(R"("position":"2.121",)"), std::string::npos) << json;
  const auto stored = ReadSession(json, SessionFields::Usual());
  ASSERT_TRUE(stored.ok());
  EXPECT_EQ(stored->own->position, own.position);
}

TEST(SessionJson, AMissingOrWrongMemberOfOurSessionIsAFault) {
  const OwnSession own{TenantId{"acme"}, UserId{"7"}, "c-1", Position{Sequence{17}},
                       Timestamp{1'700'000'000'123}};
  const std::string json = WriteSession(own, {own.tenant, own.user_id, "jane", "admin", {}},
                                        SessionFields::Usual(), {}, false);
  for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
           {R"("version":1)", R"("version":2)"},
           {R"("position":17)", R"("position":"a")"},
           {R"("credentialId":"c-1",)", ""},
           {".123Z\"}", "\"}"},
           {R"("tenant":"acme")", R"("tenant":"a b")"}}) {
    std::string changed = json;
    ASSERT_NE(changed.find(from), std::string::npos) << from;
    changed.replace(changed.rfind(from), from.size(), to);
    const auto stored = ReadSession(changed, SessionFields::Usual());
    ASSERT_FALSE(stored.ok()) << changed;
    EXPECT_EQ(stored.error().code, ErrorCode::kBadRequest);
  }
}

TEST(JsonPointer, FollowsRfc6901) {
  EXPECT_EQ(JsonPointer::Parse("/a~1b/m~0n//0").value().tokens(), (Words{"a/b", "m~n", "", "0"}));
  EXPECT_EQ(JsonPointer::Parse("").value().tokens(), Words{});
  EXPECT_EQ(JsonPointer::Parse("/~01").value().tokens(), Words{"~1"});
  for (const std::string& bad : Words{"a", "/~", "/~2", "/a~"})
    EXPECT_FALSE(JsonPointer::Parse(bad).ok()) << bad;
  const auto document = json::Document::Parse(R"({"a":[10,{"b":20}],"":{"0":30}})");
  const auto at = [&](const std::string& pointer) {
    const json::Node* node = JsonPointer::Parse(pointer).value().Find(*document);
    return node == nullptr ? std::string("none") : std::string(document.value().Raw(*node));
  };
  EXPECT_EQ(at("/a/0"), "10");
  EXPECT_EQ(at("/a/1/b"), "20");
  EXPECT_EQ(at("//0"), "30");
  for (const std::string& none :
       Words{"/a/2", "/a/01", "/a/-", "/a/", "/a/b", "/a/0/b", "/x", "/a/4294967296"}) {
    EXPECT_EQ(at(none), "none") << none;
  }
}

TEST(RedisAddress, AllPartsAreRead) {
  EXPECT_EQ(ParseRedisAddress("redis://h").value(), (RedisAddress{false, "h", 6379, 0, "", ""}));
  EXPECT_EQ(ParseRedisAddress("redis://h/").value(), (RedisAddress{false, "h", 6379, 0, "", ""}));
  EXPECT_EQ(ParseRedisAddress("rediss://u:p%40%2F%3a@[::1]:7000/12").value(),
            (RedisAddress{true, "::1", 7000, 12, "u", "p@/:"}));
  EXPECT_EQ(ParseRedisAddress("redis://:p:q@h:1/0").value(),
            (RedisAddress{false, "h", 1, 0, "", "p:q"}));
  EXPECT_EQ(ParseRedisAddress("redis://u:a/b@c@h/2").value(),
            (RedisAddress{false, "h", 6379, 2, "u", "a/b@c"}));
  EXPECT_EQ(Shown(ParseRedisAddress("redis://u:p@[::1]").value()), "[::1]:6379");
}

TEST(RedisAddress, FaultsAreNamedWithoutThePassword) {
  for (const std::string& bad : Words{"",
                                      "h",
                                      "http://h",
                                      "redis:/h",
                                      "redis://",
                                      "redis://:secret@",
                                      "redis://secret@h",
                                      "redis://u:@h",
                                      "redis://u:secret%4@h",
                                      "redis://u:secret%zz@h",
                                      "redis://h:0",
                                      "redis://h:65536",
                                      "redis://h:x",
                                      "redis://h:",
                                      "redis://h/-1",
                                      "redis://h/1x",
                                      "redis://h/1/2",
                                      "redis://h?db=1",
                                      "redis://u:se#cret@h",
                                      "redis://[::1",
                                      "redis://[::1]1",
                                      "redis://a b"}) {
    const auto address = ParseRedisAddress(bad);
    ASSERT_FALSE(address.ok()) << bad;
    EXPECT_EQ(address.error().code, ErrorCode::kBadRequest);
    EXPECT_EQ(address.error().message.find("secret"), std::string::npos) << bad;
  }
}

}  // namespace
}  // namespace contacts
