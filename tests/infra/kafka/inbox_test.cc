#include "infra/kafka/inbox.h"

#include <gtest/gtest.h>

namespace contacts::kafka {
namespace {

Fingerprint At(int64_t offset) { return {Offset{offset}, {}, {}}; }

// A second reading of a topic that was cut meanwhile ended early, and what it had not found was
// gone.
TEST(Inbox, ASecondReadingForgetsNothingOfTheFirst) {
  Inbox inbox;
  inbox.StartFrom(Offset{0});
  inbox.SetAnchor(At(10));
  inbox.SetNewest(At(1000));
  inbox.SetAnchor(At(2));
  inbox.SetNewest(At(500));
  EXPECT_EQ(inbox.place().anchor->offset, Offset{10});
  EXPECT_EQ(inbox.place().newest->offset, Offset{1000});
  EXPECT_FALSE(inbox.AnswerEnd(1, Offset{600})) << "before what was read";
  EXPECT_EQ(inbox.Take().end_query, std::nullopt);
  EXPECT_TRUE(inbox.AnswerEnd(2, Offset{1001}));
  inbox.SetNewest(At(1001));
  EXPECT_EQ(inbox.place().newest->offset, Offset{1001});
}

}  // namespace
}  // namespace contacts::kafka
