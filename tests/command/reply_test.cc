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

// Answers were lost where an exception, or a log found to be another, let go of a command.
TEST_F(ReplyTest, OneThatIsLetGoAnswersThatTheOutcomeIsUnknown) {
  { const Reply left = New(); }
  EXPECT_EQ(codes, std::vector{ErrorCode::kUnknownOutcome});
  Reply kept = New();
  kept = Reply();
  EXPECT_EQ(codes.size(), 2u);
}

}  // namespace
}  // namespace contacts::testing
