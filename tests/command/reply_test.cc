#include "command/reply.h"

#include <gtest/gtest.h>

#include <vector>

namespace contacts::testing {
namespace {

class ReplyTest : public ::testing::Test {
 protected:
  Reply New() {
    return [this](const Answer& answer) {
      codes.push_back(answer.error ? answer.error->code : ErrorCode{});
    };
  }
  std::vector<ErrorCode> codes;
};

TEST_F(ReplyTest, TheFirstAnswerCountsWhereverItWasMoved) {
  {
    Reply first = New();
    Reply second = std::move(first);
    second(Failure({ErrorCode::kConflict, "taken"}));
    second(Failure({ErrorCode::kInternal, "late"}));
  }
  EXPECT_EQ(codes, std::vector{ErrorCode::kConflict});
}

// A bug once: answers were lost when an exception, or another log in its place, dropped a command.
TEST_F(ReplyTest, ADestroyedReplyAnswersThatTheOutcomeIsUnknown) {
  { const Reply left = New(); }
  EXPECT_EQ(codes, std::vector{ErrorCode::kUnknownOutcome});
  Reply kept = New();
  kept = Reply();
  EXPECT_EQ(codes.size(), 2u);
}

}  // namespace
}  // namespace contacts::testing
