#include "infra/api/errors.h"

#include <gtest/gtest.h>

#include <string>

#include "events/json/faults.h"
#include "events/json/json.h"

namespace contacts::api {
namespace {

std::string BodyOf(const http::Response& response) {
  std::string out;
  for (const http::Chunk& chunk : response.body) out += *chunk;
  return out;
}

std::string HeaderOf(const http::Response& response, const std::string& name) {
  for (const http::Header& header : response.headers) {
    if (header.name == name) return header.value;
  }
  return "none";
}

TEST(Errors, EachCodeHasItsStatus) {
  struct Case {
    ErrorCode code;
    int status;
  };
  for (const Case& c :
       {Case{ErrorCode::kBadRequest, 400}, Case{ErrorCode::kUnauthenticated, 401},
        Case{ErrorCode::kForbidden, 403}, Case{ErrorCode::kNotFound, 404},
        Case{ErrorCode::kConflict, 409}, Case{ErrorCode::kEmailTaken, 409},
        Case{ErrorCode::kUserNameTaken, 409}, Case{ErrorCode::kTokenNameTaken, 409},
        Case{ErrorCode::kGone, 410}, Case{ErrorCode::kPreconditionFailed, 412},
        Case{ErrorCode::kTooLarge, 413}, Case{ErrorCode::kUnsupportedMediaType, 415},
        Case{ErrorCode::kKeyReused, 422}, Case{ErrorCode::kTooManyRequests, 429},
        Case{ErrorCode::kUnavailable, 503}, Case{ErrorCode::kUnknownOutcome, 503},
        Case{ErrorCode::kInternal, 500}}) {
    EXPECT_EQ(StatusOf(c.code), c.status);
    EXPECT_EQ(ErrorAnswer({c.code, "m"}).status, c.status);
  }
}

TEST(Errors, TheBodyNamesReasonAndMessage) {
  EXPECT_EQ(BodyOf(ErrorAnswer({ErrorCode::kConflict, "the \"e-mail\" is taken"})),
            R"({"error":"Conflict","message":"the \"e-mail\" is taken"})");
}

TEST(Errors, ACodeForProgramsStandsBesideTheMessage) {
  Error error{ErrorCode::kGone, "the position is of a lost part"};
  error.code_name = "unknownPosition";
  EXPECT_EQ(BodyOf(ErrorAnswer(error)),
            R"({"error":"Gone","message":"the position is of a lost part",)"
            R"("code":"unknownPosition"})");
}

TEST(Errors, A400NamesEachFault) {
  EXPECT_EQ(
      BodyOf(ErrorAnswer({ErrorCode::kBadRequest, "m", {{"/email", "bad"}, {"/type", "worse"}}})),
      R"({"error":"Bad Request","message":"m","fields":[{"path":"/email","message":"bad"},)"
      R"({"path":"/type","message":"worse"}]})");
}

// A member saw the path of the data directory in a 503, because RocksDB names the file that failed.
TEST(Errors, ClientsSeeTheFailureButNoPath) {
  const std::string store =
      "the read models cannot be used: the disk of /var/lib/contacts/views is full (0 of 9 bytes "
      "are free), make room on it: IO error: While appending to file: ./data/views/000012.log: No "
      "space left on device";
  const std::string shown =
      "the read models cannot be used: the disk of \u2026 is full (0 of 9 bytes are free), make "
      "room "
      "on it: IO error: While appending to file: \u2026 No space left on device";
  for (const ErrorCode code :
       {ErrorCode::kUnavailable, ErrorCode::kUnknownOutcome, ErrorCode::kInternal}) {
    EXPECT_EQ(ForClients({code, store}).message, shown);
  }
  EXPECT_EQ(ForClients({ErrorCode::kUnavailable, "(/a/b) and \"/c d\""}).message,
            "(\u2026) and \"\u2026 d\"");
  EXPECT_EQ(ForClients({ErrorCode::kUnavailable,
                        "Redis at redis.local:6379: Connection refused. At [::1]:1. Line 3: x:y"})
                .message,
            "Redis at \u2026 Connection refused. At \u2026 Line 3: x:y");
  const Error theirs{ErrorCode::kBadRequest, "text/plain is not application/json"};
  EXPECT_EQ(ForClients(theirs), theirs) << "what the client sent itself";
}

// Messages quote texts from outside, with six bytes for each control character.
TEST(Errors, NoAnswerIsLongerThan16Kilobytes) {
  Faults faults;
  for (int i = 0; i < 60; ++i) {
    faults.Add("/" + std::string(100, '\x01'), std::string(1000, '\x02'));
  }
  for (const ErrorCode code : {ErrorCode::kBadRequest, ErrorCode::kNotFound, ErrorCode::kConflict,
                               ErrorCode::kUnavailable, ErrorCode::kUnknownOutcome}) {
    for (const std::vector<FieldFault>& fields : {std::vector<FieldFault>(), faults.kept()}) {
      Error error{code, std::string(100'000, '\x03'), fields};
      const std::string body = BodyOf(ErrorAnswer(error));
      EXPECT_LE(body.size(), 16'000u);
      EXPECT_TRUE(json::Document::Parse(body)) << body;
    }
  }
}

TEST(Errors, InvisibleCharactersAreShown) {
  for (const ErrorCode code : {ErrorCode::kConflict, ErrorCode::kUnavailable}) {
    const std::string body = BodyOf(ErrorAnswer({code, "a user jo\u200B\u202E exists"}));
    EXPECT_NE(body.find("a user joU+200BU+202E exists"), std::string::npos) << body;
  }
  EXPECT_NE(BodyOf(http::ErrorResponse(400, "no parameter a\uFEFF")).find("no parameter aU+FEFF"),
            std::string::npos);
}

// A message quoted a header with bytes that are not UTF-8, and the answer was not JSON.
TEST(Errors, EachAnswerIsJson) {
  for (const ErrorCode code : {ErrorCode::kForbidden, ErrorCode::kUnavailable}) {
    const std::string body = BodyOf(ErrorAnswer({code, "from http://\xff"}));
    EXPECT_TRUE(json::Document::Parse(body)) << body;
    EXPECT_NE(body.find("from http://\uFFFD"), std::string::npos) << body;
  }
}

TEST(Errors, AnErrorThatCanBeRetriedSaysWhen) {
  EXPECT_EQ(HeaderOf(ErrorAnswer({ErrorCode::kUnavailable, "m", {}, 7}), "Retry-After"), "7");
  EXPECT_EQ(HeaderOf(ErrorAnswer({ErrorCode::kUnavailable, "m"}), "Retry-After"), "1");
  EXPECT_EQ(HeaderOf(ErrorAnswer({ErrorCode::kTooManyRequests, "m"}), "Retry-After"), "1");
  EXPECT_EQ(HeaderOf(ErrorAnswer({ErrorCode::kInternal, "m"}), "Retry-After"), "none");
}

TEST(Errors, AnUnknownOutcomeNamesTheKeyToRetryWith) {
  const http::Response response = ErrorAnswer({ErrorCode::kUnknownOutcome, "m", {}, 1, "key-1"});
  EXPECT_EQ(HeaderOf(response, "Idempotency-Key"), "key-1");
  EXPECT_EQ(HeaderOf(ErrorAnswer({ErrorCode::kUnavailable, "m"}), "Idempotency-Key"), "none");
}

}  // namespace
}  // namespace contacts::api
