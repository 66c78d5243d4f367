// Commands whose key is in flight already.
#include <gtest/gtest.h>

#include "tests/command/writer/driven_writer.h"

namespace contacts::testing {
namespace {

TEST(JoinedKey, OneRecordAnswersBoth) {
  DrivenWriter driven;
  driven.Ask(By(Contact("a@x.org"), "k1"));
  driven.Ask(By(Contact("a@x.org"), "k1"));  // while it waits
  auto out = driven.Advance();
  driven.Ask(By(Contact("a@x.org"), "k1"));  // while it is pending
  EXPECT_TRUE(driven.Advance().empty());
  ASSERT_EQ(out.size(), 1u);
  driven.LandAndReport(out);
  driven.Read();
  for (size_t i = 0; i < 3; ++i) EXPECT_EQ(driven.AnswerTo(i).position, Sequence{1}) << i;
}

TEST(JoinedKey, AnotherRequestWithAPendingKeyIsRefused) {
  DrivenWriter driven;
  const auto out = driven.AskAndAdvance(By(Contact("a@x.org"), "k1", "one"));
  EXPECT_TRUE(driven.AskAndAdvance(By(Contact("b@x.org"), "k1", "two")).empty());
  ASSERT_TRUE(driven.AnswerEnd());
  driven.LandAndReport(out);
  driven.Read();
  driven.Advance();
  EXPECT_EQ(driven.CodeOf(1), ErrorCode::kKeyReused);
}

// It was told that its key was in use, which history says of nobody who was erased.
TEST(JoinedKey, AnActorWhomAPendingRecordErasesIsToldSo) {
  DrivenWriter driven;
  Command one = By(Contact("a@x.org"), "k1", "one");
  Command two = By(Contact("b@x.org"), "k1", "two");
  one.actor = two.actor = "ext:3";
  driven.Ask(one);
  driven.Ask(By(ErasePerson{{}, {"ext:3"}, Ground::kObjected}));
  driven.Ask(two);
  const auto out = driven.Advance();
  ASSERT_EQ(out.size(), 2u);
  ASSERT_TRUE(driven.AnswerEnd());
  driven.LandAndReport(out);
  driven.Read();
  driven.Advance();
  EXPECT_EQ(driven.CodeOf(2), ErrorCode::kUnauthenticated);
}

TEST(JoinedKey, AKeyOfAMonthThatAPendingRecordErasesIsFree) {
  DrivenWriter driven;
  driven.Ask(By(Contact("a@x.org"), "k1", "one"));
  driven.Ask(By(AllMonths()));
  driven.Ask(By(Contact("b@x.org"), "k1", "two"));
  const auto out = driven.Advance();
  ASSERT_EQ(out.size(), 3u);
  driven.LandAndReport(out);
  driven.Read();
  driven.Advance();
  EXPECT_EQ(driven.AnswerTo(2).error, std::nullopt);
}

TEST(JoinedKey, AnotherActorsKeyIsNotJoined) {
  DrivenWriter driven;
  driven.Ask(By(Contact("a@x.org"), "k1"));
  Command other = By(Contact("b@x.org"), "k1");
  other.actor = "8";
  EXPECT_EQ(driven.AskAndAdvance(other).size(), 2u);
}

}  // namespace
}  // namespace contacts::testing
