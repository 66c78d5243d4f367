#include <gtest/gtest.h>

#include "command/validation.h"
#include "infra/api/read_body.h"

namespace contacts::api {
namespace {

http::Request Json(std::string body) {
  http::Request request;
  request.headers = {{"Content-Type", "application/json"}};
  request.body = std::move(body);
  return request;
}

Result<CreateContact> Read(const http::Request& request) {
  return ReadBody<CreateContact>(
      request, [](CreateContact* create, auto* faults) { Validate(create, faults); });
}

// "path: message" lines of the refusal; "": the body was taken.
std::string FaultsOf(const http::Request& request) {
  const auto body = Read(request);
  if (body) return "";
  std::string out;
  for (const FieldFault& fault : body.error().fields)
    out += fault.path + ": " + fault.message + "\n";
  return out.empty() ? body.error().message : out;
}

TEST(Body, AGoodOneIsReadAndTrimmed) {
  const http::Request request =
      Json(R"( {"email":" a@b.example ","fullName":"Ann","type":"vendor"} )");
  const auto body = Read(request);
  ASSERT_TRUE(body);
  EXPECT_EQ(body->fields.email, "a@b.example");
  EXPECT_EQ(body->fields.full_name, "Ann");
  EXPECT_EQ(body->fields.type, ContactType::kVendor);
  EXPECT_TRUE(body->fields.is_active);
  EXPECT_FALSE(body->can_login);
}

TEST(Body, NamesEachFaultOfShapesAndValuesOnce) {
  EXPECT_EQ(FaultsOf(Json(R"({"fullName":5,"email":"nobody","typ":"client","phone":true})")),
            "/fullName: must be a string, not a number\n"
            "/phone: must be a string, not a boolean\n"
            "/type: is required\n"
            "/typ: is not a known field\n"
            "/email: must be an e-mail address, as in jane@example.com\n");
}

TEST(Body, SaysThatItIsMissing) {
  EXPECT_EQ(FaultsOf(Json("")), ": is empty; a JSON object is needed\n");
  http::Request untyped;
  EXPECT_EQ(FaultsOf(untyped), ": is empty; a JSON object is needed\n");
}

TEST(Body, NamesTheByteThatIsNotJson) {
  EXPECT_EQ(FaultsOf(Json(R"({"fullName" "Ann"})")), ": cannot be read: expected ':' at byte 12\n");
  EXPECT_EQ(Read(Json("{")).error().code, ErrorCode::kBadRequest);
}

// The message quoted a text in which the fault could not be seen.
TEST(Body, InvisibleCharactersAreNamed) {
  EXPECT_EQ(FaultsOf(Json("\uFEFF{}")),
            ": cannot be read: a byte order mark at byte 0, where U+FEFF stands\n");
  EXPECT_EQ(FaultsOf(Json("{\u00A0\"fullName\":\"Ann\"}")),
            ": cannot be read: expected a member name in quotes at byte 1, where U+00A0 stands\n");
  EXPECT_EQ(FaultsOf(Json("{}\u200B")),
            ": cannot be read: something after the JSON text at byte 2, where U+200B stands\n");
  EXPECT_EQ(FaultsOf(Json("{\"a\u200B\":1,\"a\u200B\":2}")),
            ": cannot be read: the member \"aU+200B\" stands twice in the object that ends at byte "
            "19\n");
  const std::string faults = FaultsOf(Json("{\"full\u200BName\":\"Ann\",\"\u202Ex\":1}"));
  EXPECT_NE(faults.find("/fullU+200BName: is not a known field; it is 'fullName' but for U+200B "
                        "at position 5\n"),
            std::string::npos)
      << faults;
  EXPECT_NE(faults.find("/U+202Ex: is not a known field; it holds U+202E at position 1\n"),
            std::string::npos)
      << faults;
}

TEST(Body, AnythingButAnObjectHasOneFault) {
  EXPECT_EQ(FaultsOf(Json("[]")), ": must be an object, not an array\n");
  EXPECT_EQ(FaultsOf(Json("null")), ": must be an object, not null\n");
}

TEST(Body, AnotherMediaTypeIsNotRead) {
  http::Request request = Json("{}");
  request.headers = {{"Content-Type", "text/plain"}};
  EXPECT_EQ(Read(request).error().code, ErrorCode::kUnsupportedMediaType);
}

TEST(Body, TheMessageNamesTheFirstFaultAndCountsTheOthers) {
  Faults faults;
  faults.Add("/email", "is required");
  EXPECT_EQ(FaultyBody(faults).message, "The body's /email is required");
  faults.Add("/type", "is required");
  EXPECT_EQ(FaultyBody(faults).message, "The body's /email is required, and 1 more: see fields");
  for (int i = 0; i < 5'000; ++i) faults.Add("/" + std::to_string(i), "is not a known field");
  const Error error = FaultyBody(faults);
  EXPECT_EQ(error.message,
            "The body's /email is required, and 5001 more: see fields, which has the first 50");
  EXPECT_EQ(error.fields.size(), 50u);
}

}  // namespace
}  // namespace contacts::api
