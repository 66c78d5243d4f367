// The whole path with nothing scripted: HTTP, command, log on disk, projections, query, HTTP.
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>

#include "tests/infra/api/whole_service.h"

namespace contacts::api {
namespace {

class WholeTest : public ::testing::Test {
 protected:
  WholeTest() {
    whole_.AddUserOf(kAcme, "ada", "admin");
    whole_.AddUserOf(kOther, "olga", "admin");
    ada_ = whole_.LogIn(kAcme, "ada");
  }
  static std::string Contact(const std::string& email, const std::string& more = "") {
    return R"({"fullName":"Someone","email":")" + email + R"(","type":"client")" + more + "}";
  }
  Received Create(const std::string& body, std::vector<http::Header> headers = {}) {
    headers.push_back(ada_);
    return whole_.Send("POST", "/api/contacts", headers, body);
  }

  Whole whole_;
  http::Header ada_;
};

TEST_F(WholeTest, ACreatedContactIsReadImmediately) {
  const Received created = Create(Contact("jo@example.com"));
  ASSERT_EQ(created.status, 200) << created.body;
  const Received list = whole_.Send("GET", "/api/contacts", {ada_});
  EXPECT_EQ(list.body, "[" + created.body + "]");
  EXPECT_EQ(list.Header("contacts-position"), created.Header("contacts-position"));
  EXPECT_EQ(whole_.Send("GET", "/api/contacts/mentions", {ada_}).body,
            R"([{"id":1,"fullName":"Someone","mentionName":null,"email":"jo@example.com"}])");
}

TEST_F(WholeTest, ATakenEmailIsTakenInAnyCaseAndFreeForOthers) {
  ASSERT_EQ(Create(Contact("jo@example.com")).status, 200);
  const std::string refused =
      R"({"error":"Conflict","message":"a contact with this e-mail exists already",)"
      R"("code":"emailTaken","contactId":1,"isActive":true})";
  for (int i = 0; i < 2; ++i) {  // the second answer is the one that the key remembers
    const Received again = Create(Contact(" JO@Example.com\\t"), {{"Idempotency-Key", "k-9"}});
    EXPECT_EQ(again.status, 409);
    EXPECT_EQ(again.body, refused);
  }
  const http::Header olga = whole_.LogIn(kOther, "olga");
  const Received other = whole_.Send("POST", "/api/contacts", {olga}, Contact("jo@example.com"));
  EXPECT_EQ(other.status, 200);
  EXPECT_EQ(whole_.Send("GET", "/contacts", {olga}).body, "[" + other.body + "]");
}

TEST_F(WholeTest, ARefusalIsNotedInTheHistory) {
  ASSERT_EQ(Create(Contact("jo@example.com")).status, 200);
  const Received refused = Create(Contact("jo@example.com"));
  ASSERT_EQ(refused.status, 409);
  // The note comes after the answer, as a record of its own.
  const int64_t position = std::stoll(refused.Header("contacts-position")) + 1;
  const http::Header at_least{"Contacts-Min-Position", std::to_string(position)};
  ASSERT_EQ(whole_.Send("GET", "/api/user", {ada_, at_least, {"Prefer", "wait=20"}}).status, 200);
  bool noted = false;
  for (const Event& event : whole_.EventsOf(kAcme)) {
    const auto* note = std::get_if<CommandRefused>(&event);
    noted |= note != nullptr && note->command == "CreateContact" &&
             note->code == ErrorCode::kEmailTaken && note->contact_id == ContactId{1};
  }
  EXPECT_TRUE(noted);
}

TEST_F(WholeTest, ARepeatedKeyGetsTheFirstAnswerAgain) {
  const http::Header key{"Idempotency-Key", "k-1"};
  const Received first = Create(Contact("jo@example.com"), {key});
  ASSERT_EQ(first.status, 200);
  const Received again = Create(Contact("jo@example.com"), {{"Idempotency-Key", "\"k-1\""}});
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(Create(Contact("another@example.com"), {key}).status, 422);
  EXPECT_EQ(whole_.Send("GET", "/api/contacts", {ada_}).body, "[" + first.body + "]");
}

TEST_F(WholeTest, AContactThatCanLogInSeesItsCompany) {
  ASSERT_EQ(Create(Contact("self@wey.example", R"(,"company":"Wey","canLogin":true)")).status, 200);
  ASSERT_EQ(Create(Contact("colleague@wey.example", R"(,"company":"Wey")")).status, 200);
  ASSERT_EQ(Create(Contact("stranger@example.com", R"(,"company":"Other")")).status, 200);
  whole_.SetPasswordOf(kAcme, "self@wey.example");
  const http::Header self = whole_.LogIn(kAcme, "self@wey.example");
  EXPECT_NE(whole_.Send("GET", "/api/user", {self}).body.find(R"("role":"client")"),
            std::string::npos);
  const std::string list = whole_.Send("GET", "/api/contacts/mentions", {self}).body;
  EXPECT_EQ(list.find("stranger"), std::string::npos);
  EXPECT_NE(list.find("colleague"), std::string::npos);
  EXPECT_EQ(whole_.Send("POST", "/api/contacts", {self}, Contact("x@example.com")).status, 403);
}

TEST_F(WholeTest, ARequestWaitsForAPositionThatWillCome) {
  const int64_t position =
      std::stoll(Create(Contact("one@example.com")).Header("contacts-position")) + 1;
  auto list = std::async(std::launch::async, [&] {
    return whole_.Send(
        "GET", "/api/contacts",
        {ada_, {"Contacts-Min-Position", std::to_string(position)}, {"Prefer", "wait=20"}});
  });
  ASSERT_EQ(Create(Contact("two@example.com")).status, 200);
  const Received received = list.get();
  EXPECT_EQ(received.status, 200);
  EXPECT_NE(received.body.find("two@example.com"), std::string::npos);
  const Received late = whole_.Send("GET", "/api/contacts",
                                    {ada_, {"Contacts-Min-Position", "999"}, {"Prefer", "wait=0"}});
  EXPECT_EQ(late.status, 503);
}

TEST_F(WholeTest, ALogOutEndsTheSession) {
  EXPECT_EQ(whole_.Send("POST", "/api/logout", {ada_}).status, 204);
  EXPECT_EQ(whole_.Send("GET", "/api/contacts", {ada_}).status, 401);
}

TEST_F(WholeTest, ManyWritersOfFewEmailsAndReadersInBetween) {
  std::vector<std::thread> writers;
  std::atomic<int> created{0}, taken{0}, unseen{0};
  for (int w = 0; w < 8; ++w) {
    writers.emplace_back([&, w] {
      for (int i = 0; i < 25; ++i) {
        const std::string email = "c" + std::to_string((w + i) % 25) + "@example.com";
        const int status = Create(Contact(email)).status;
        created += status == 200;
        taken += status == 409;
        const Received list = whole_.Send("GET", "/api/contacts", {ada_});
        unseen += list.body.find("\"" + email + "\"") == std::string::npos;
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(created, 25);
  EXPECT_EQ(taken, 175);
  EXPECT_EQ(unseen, 0);
}

}  // namespace
}  // namespace contacts::api
