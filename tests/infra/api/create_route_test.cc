#include <gtest/gtest.h>

#include <string>

#include "infra/api/refusal_notes.h"
#include "tests/infra/api/scripted_service.h"

namespace contacts::api {
namespace {

const std::string kAnn = R"({"fullName":"Ann","email":" Ann@Example.com","type":"vendor"})";

Answer Created(const Command& command) {
  Answer answer;
  const auto* create = std::get_if<CreateContact>(&command.intent);
  if (create == nullptr) return answer;
  answer.event = ContactCreated{ContactId{42}, create->fields, std::nullopt};
  answer.time = Timestamp{1764000000000};
  answer.position = Sequence{17};
  return answer;
}

class CreateRouteTest : public ::testing::Test {
 protected:
  CreateRouteTest() { service_.commands.AnswerWith(Created); }

  // The API's answer when the command ends with this.
  Received AnswerTo(Error error, Sequence position = Sequence{17},
                    std::vector<http::Header> headers = {kAdmin}) {
    service_.commands.AnswerWith([=](const Command&) {
      Answer answer;
      answer.error = error;
      answer.position = position;
      return answer;
    });
    return service_.Post("/api/contacts", kAnn, headers);
  }
  Command Submitted(std::vector<http::Header> headers, const std::string& target) {
    EXPECT_EQ(service_.Post(target, kAnn, std::move(headers)).status, 200);
    return service_.commands.submitted().back();
  }
  size_t count() const { return service_.commands.submitted().size(); }

  ScriptedService service_;
};

TEST_F(CreateRouteTest, AnswersTheContactWithItsPosition) {
  const Received received = service_.Post("/api/contacts", kAnn, {kAdmin});
  EXPECT_EQ(received.status, 200);
  EXPECT_EQ(received.body,
            R"({"id":42,"fullName":"Ann","mentionName":null,"email":"Ann@Example.com",)"
            R"("phone":null,"company":null,"title":null,"department":null,"type":"vendor",)"
            R"("isActive":true,"metadata":null,"createdAt":"2025-11-24T16:00:00.000Z",)"
            R"("updatedAt":"2025-11-24T16:00:00.000Z"})");
  EXPECT_EQ(received.Header("content-type"), "application/json; charset=utf-8");
  EXPECT_EQ(received.Header("contacts-position"), "17");
}

TEST_F(CreateRouteTest, TheCommandHasActorAddressAndReason) {
  const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const Command command = Submitted(
      {kAdmin, {"traceparent", trace}, {"Contacts-Reason", "Gr%C3%BCnde"}}, "/api/contacts");
  EXPECT_EQ(command.tenant, TenantId{"acme"});
  EXPECT_EQ(command.actor, "7");
  EXPECT_EQ(command.actor_name, "jane");
  EXPECT_EQ(command.client_ip.value_or("none"), "127.0.0.1");
  EXPECT_EQ(command.traceparent.value_or("").substr(0, 35), trace.substr(0, 35));
  EXPECT_EQ(command.reason.value_or("none"), "Gr\xc3\xbcnde");
  EXPECT_FALSE(command.key);
  EXPECT_EQ(command.request, "POST\n/contacts\n\n" + kAnn) << "a 503 may give out a key for it";
}

TEST_F(CreateRouteTest, TheSameRequestIsTheSameUnderBothBasesAndFormsOfTheKey) {
  const Command one = Submitted({kAdmin, {"Idempotency-Key", "k-1"}}, "/api/contacts");
  const Command two = Submitted({kAdmin, {"Idempotency-Key", "\"k-1\""}}, "/contacts");
  EXPECT_EQ(one.key.value_or("none"), "k-1");
  EXPECT_EQ(two.key.value_or("none"), "k-1");
  EXPECT_EQ(one.request, "POST\n/contacts\n\n" + kAnn);
  EXPECT_EQ(two.request, one.request);
}

TEST_F(CreateRouteTest, OnlyAdminsAndConsultantsMayCreate) {
  EXPECT_EQ(service_.Post("/api/contacts", kAnn, {{"Cookie", "consultant"}}).status, 200);
  const size_t before = count();
  for (const char* role : {"member", "auditor", "client:1", "stranger"}) {
    const Received received = service_.Post("/api/contacts", kAnn, {{"Cookie", role}});
    EXPECT_EQ(received.status, 403) << role;
    EXPECT_NE(received.Header("contacts-position"), "");
  }
  for (size_t i = before; i < count(); ++i) {
    EXPECT_TRUE(std::holds_alternative<NoteRefusal>(service_.commands.submitted().at(i).intent));
  }
  EXPECT_EQ(service_.Post("/api/contacts", kAnn).status, 401);
}

TEST_F(CreateRouteTest, ARefusedRoleIsNotedWithAndWithoutAKey) {
  service_.Post("/api/contacts", kAnn, {kMember});
  service_.Post("/api/contacts", kAnn, {kMember, {"Idempotency-Key", "k"}});
  ASSERT_EQ(count(), 2u);
  for (const Command& command : service_.commands.submitted()) {
    const CommandRefused& noted = std::get<NoteRefusal>(command.intent).refusal;
    EXPECT_EQ(noted.command, "CreateContact");
    EXPECT_EQ(noted.code, ErrorCode::kForbidden);
    EXPECT_EQ(command.actor, "7");
    EXPECT_FALSE(command.key);
  }
}

TEST_F(CreateRouteTest, ATakenEmailIsNotedUnlessItsKeyRemembersIt) {
  Error taken{ErrorCode::kEmailTaken, "taken"};
  taken.contact_id = ContactId{42};
  taken.is_active = false;
  AnswerTo(taken, Sequence{17}, {kAdmin, {"Contacts-Reason", "why"}});
  ASSERT_EQ(count(), 2u);
  const Command note = service_.commands.submitted()[1];
  EXPECT_EQ(std::get<NoteRefusal>(note.intent).refusal,
            (CommandRefused{
                "CreateContact", ErrorCode::kEmailTaken, "taken", 0, ContactId{42}, {}, false}));
  EXPECT_EQ(note.reason.value_or("none"), "why");
  AnswerTo(taken, Sequence{17}, {kAdmin, {"Idempotency-Key", "k"}});
  EXPECT_EQ(count(), 3u);
}

// Trap: two actors with the same id from two sources. Keys, rates and notes go by the actor.
TEST_F(CreateRouteTest, TheSameIdOfAnotherApplicationIsAnotherActor) {
  EXPECT_EQ(Submitted({kAdmin}, "/api/contacts").actor, "7");
  EXPECT_EQ(Submitted({{"Cookie", "admin@7"}}, "/api/contacts").actor, "ext:7");
  EXPECT_EQ(Submitted({{"Cookie", "admin@token:7"}}, "/api/contacts").actor, "ext:token:7");
  const int most = static_cast<int>(RefusalNotes::kInAMinute);
  const auto notes_after = [&](const http::Header& cookie, int refusals) {
    const size_t before = count();
    for (int i = 0; i < refusals; ++i) service_.Post("/api/contacts", kAnn, {cookie});
    return static_cast<int>(count() - before);
  };
  EXPECT_EQ(notes_after({"Cookie", "member"}, most + 1), most);
  EXPECT_EQ(notes_after({"Cookie", "member@7"}, 1), 1) << "its notes are counted apart";
  EXPECT_EQ(service_.commands.submitted().back().actor, "ext:7");
}

TEST_F(CreateRouteTest, AnIdThatIsAnAddressIsNeverRecorded) {
  const http::Header cookie{"Cookie", "admin@zebedee@x.org"};
  EXPECT_EQ(Submitted({cookie}, "/api/contacts").actor,
            "ext:~" + actors::PseudonymOf("acme", "zebedee@x.org"));
  service_.hides = false;
  const size_t before = count();
  EXPECT_EQ(service_.Post("/api/contacts", kAnn, {cookie}).status, 503) << "while keys are made";
  EXPECT_EQ(service_.Get("/api/contacts", {cookie}).status, 503);
  EXPECT_EQ(count(), before);
}

TEST_F(CreateRouteTest, TheCommandNamesTheContactThatTheSessionSpeaksFor) {
  EXPECT_EQ(Submitted({kAdmin}, "/api/contacts").actor_contact, std::nullopt);
  EXPECT_EQ(Submitted({{"Cookie", "admin:3"}}, "/api/contacts").actor_contact, ContactId{3});
}

TEST_F(CreateRouteTest, AConflictHasACodeAndTheContactThatTheCallerSees) {
  Error taken{ErrorCode::kEmailTaken, "taken"};
  taken.contact_id = ContactId{42};
  taken.user_id = UserId{"7"};
  taken.is_active = true;
  const Received received = AnswerTo(taken);
  EXPECT_EQ(received.status, 409);
  EXPECT_EQ(received.body, R"({"error":"Conflict","message":"taken","code":"emailTaken",)"
                           R"("contactId":42,"isActive":true})");
}

TEST_F(CreateRouteTest, EachRefusalOfACommandHasItsStatusAndPosition) {
  for (const auto& [code, status] :
       {std::pair{ErrorCode::kConflict, 409}, std::pair{ErrorCode::kKeyReused, 422},
        std::pair{ErrorCode::kTooLarge, 413}, std::pair{ErrorCode::kUnavailable, 503}}) {
    const Received received = AnswerTo({code, "because"});
    EXPECT_EQ(received.status, status);
    EXPECT_EQ(received.Header("contacts-position"), "17");
    EXPECT_NE(received.body.find("\"message\":\"because\""), std::string::npos);
  }
}

TEST_F(CreateRouteTest, AnUnknownOutcomeNamesTheKeyToRetryWith) {
  service_.past.Then(TenantId{"acme"}, UserAdded{UserId{"7"}, "jane", "admin", std::nullopt});
  const Received received =
      AnswerTo({ErrorCode::kUnknownOutcome, "unknown", {}, 3, "made-key"}, Sequence{0});
  EXPECT_EQ(received.status, 503);
  EXPECT_EQ(received.Header("idempotency-key"), "made-key");
  EXPECT_EQ(received.Header("retry-after"), "3");
  EXPECT_EQ(received.Header("contacts-position"), "1");  // the tenant's position
}

TEST_F(CreateRouteTest, MalformedHeadersAreRefusedBeforeAnythingIsDone) {
  for (const http::Header& header :
       {http::Header{"Idempotency-Key", "two words"}, http::Header{"Contacts-Reason", "100%"}}) {
    const Received received = service_.Post("/api/contacts", kAnn, {kAdmin, header});
    EXPECT_EQ(received.status, 400);
    EXPECT_NE(received.body.find(header.name), std::string::npos) << received.body;
  }
  EXPECT_EQ(count(), 0u);
}

TEST_F(CreateRouteTest, APageOfAnotherSiteIsRefused) {
  for (const http::Header& header : {http::Header{"Sec-Fetch-Site", "cross-site"},
                                     http::Header{"Origin", "https://evil.example"}}) {
    for (const char* target : {"/api/contacts", "/api/login", "/api/logout"}) {
      EXPECT_EQ(service_.Post(target, kAnn, {kAdmin, header}).status, 403) << target;
    }
  }
  EXPECT_EQ(count(), 0u);
  EXPECT_EQ(
      service_.Post("/api/contacts", kAnn, {kAdmin, {"Origin", "http://contacts.example"}}).status,
      200);
  EXPECT_EQ(service_.Get("/api/contacts", {kAdmin, {"Sec-Fetch-Site", "cross-site"}}).status, 200);
}

struct BadBody {
  const char* name;
  std::string body;
  int status;
  std::vector<std::string> says;  // each is in the answer
};

std::string BodyWith(const std::string& members) {
  return R"({"fullName":"Ann","email":"ann@example.com","type":"vendor",)" + members + "}";
}

const std::vector<BadBody>& BadBodies() {
  static const std::vector<BadBody> bodies{
      {"empty", "", 400, {"is empty"}},
      {"malformed", R"({"fullName":"Ann",})", 400, {"at byte 18"}},
      {"cut off", R"({"fullName":"Ann")", 400, {"ends too early"}},
      {"two texts", "{} {}", 400, {"at byte 3"}},
      {"missing", "{}", 400, {"\"/fullName\"", "\"/email\"", "\"/type\"", "is required"}},
      {"wrong type", BodyWith(R"("isActive":"yes")"), 400, {"/isActive", "a boolean"}},
      {"no object", "[1]", 400, {"must be an object"}},
      {"number for a string", BodyWith(R"("phone":49)"), 400, {"/phone", "a string, not a number"}},
      {"unknown field", BodyWith(R"("fax":"1")"), 400, {"/fax", "not a known field"}},
      {"given by the server", BodyWith(R"("id":5)"), 400, {"/id"}},
      {"duplicate key", BodyWith(R"("phone":"1","phone":"2")"), 400, {"phone", "at byte"}},
      {"duplicate key, escaped", BodyWith(R"("phone":"1","ph\u006fne":"2")"), 400, {"at byte"}},
      {"NUL", BodyWith(R"("phone":"a\u0000b")"), 400, {"/phone", "control"}},
      {"raw control", BodyWith("\"phone\":\"a\x01\""), 400, {"at byte"}},
      {"invalid UTF-8", BodyWith("\"phone\":\"\xff\""), 400, {"UTF-8"}},
      {"lone surrogate", BodyWith(R"("phone":"\ud800")"), 400, {"/phone", "surrogate"}},
      {"deep nesting", std::string(300, '[') + std::string(300, ']'), 400, {"nested"}},
      {"deep metadata",
       BodyWith(R"("metadata":)" + std::string(R"({"a":)") + std::string(17, '[') +
                std::string(17, ']') + "}"),
       400,
       {"/metadata", "16 levels"}},
      {"infinite number", BodyWith(R"("metadata":{"a":1e999})"), 400, {"/metadata/a", "finite"}},
      {"large metadata",
       BodyWith(R"("metadata":{"a":")" + std::string(17'000, 'x') + "\"}"),
       400,
       {"/metadata", "16384"}},
      {"bad e-mail", R"({"fullName":"A","email":"ann@","type":"vendor"})", 400, {"/email"}},
      {"bad enum",
       R"({"fullName":"A","email":"a@b.c","type":"boss"})",
       400,
       {"/type", "internal, external, vendor, client"}},
      {"over-long",
       BodyWith(R"("title":")" + std::string(321, 't') + "\""),
       400,
       {"/title", "320"}},
      {"empty name", R"({"fullName":" ","email":"a@b.c","type":"vendor"})", 400, {"/fullName"}},
      {"1 MB", BodyWith("\"phone\":\"" + std::string(1'000'000, 'p') + "\""), 413, {"262144"}},
      {"several",
       R"({"fullName":1,"email":"x","type":"y","z":0})",
       400,
       {"/fullName", "/email", "/type", "/z"}},
  };
  return bodies;
}

TEST_F(CreateRouteTest, EachKindOfBadBodyHasItsOwnMessage) {
  for (const BadBody& bad : BadBodies()) {
    const Received received = service_.Post("/api/contacts", bad.body, {kAdmin});
    EXPECT_EQ(received.status, bad.status) << bad.name << received.body;
    for (const std::string& part : bad.says) {
      EXPECT_NE(received.body.find(part), std::string::npos) << bad.name << received.body;
    }
    if (bad.status == 400) {
      EXPECT_NE(received.body.find("\"fields\":[{\"path\":"), std::string::npos) << bad.name;
    }
  }
  EXPECT_EQ(count(), 0u);
  EXPECT_EQ(service_.Post("/api/contacts", kAnn, {kAdmin}).status, 200);
}

TEST_F(CreateRouteTest, AnotherContentTypeIsA415) {
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded", "application/json5",
                           "application/json; charset=latin1"}) {
    EXPECT_EQ(service_.Post("/api/contacts", kAnn, {kAdmin, {"Content-Type", type}}).status, 415)
        << type;
  }
  EXPECT_EQ(service_.Connect()->Send("POST", "/api/contacts", {kAdmin}, kAnn).status, 415);
  EXPECT_EQ(service_
                .Post("/api/contacts", kAnn,
                      {kAdmin, {"Content-Type", "Application/JSON; Charset=\"utf-8\""}})
                .status,
            200);
}

}  // namespace
}  // namespace contacts::api
