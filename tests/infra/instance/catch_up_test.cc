// What an instance does before it serves, and when the log is not the one that it knows.
#include <gtest/gtest.h>

#include <filesystem>

#include "tests/infra/instance/running.h"
#include "tests/support/temp_dir.h"

namespace contacts::testing {
namespace {

using std::chrono::milliseconds;

constexpr const char* kWhatToDo =
    "the log is not the one that the read models were made from: it was cut, replaced or made "
    "anew. Bring the right log back; or, if this log is right, remove the read models and start "
    "again: they are then made from it";

void Fill(const Parts& parts, int contacts) {
  Running running(parts);
  ASSERT_TRUE(running.instance.WaitCaughtUp(kLong));
  for (int i = 0; i < contacts; ++i) running.Do(Create("e" + std::to_string(i) + "@x.org"));
  ASSERT_TRUE(running.instance.Stop(kLong));
}

// Read models of a log of `before` contacts on another log, of `after`.
void ExpectDetected(int before, int after) {
  const TempDir dir;
  Fill({dir / "log", dir / "views"}, before);
  Fill({dir / "other", dir / "others_views"}, after);

  Running running({dir / "other", dir / "views"});
  EXPECT_FALSE(running.instance.WaitCaughtUp(kLong));
  EXPECT_EQ(running.instance.status().fault, kWhatToDo);
  EXPECT_FALSE(running.instance.status().caught_up);
  const Answer answer = running.Do(Create("new@x.org"));
  ASSERT_TRUE(answer.error);
  EXPECT_EQ(answer.error->code, ErrorCode::kUnavailable);
  EXPECT_EQ(answer.error->message, kWhatToDo);
}

TEST(AnotherLog, AShorterOneIsDetected) { ExpectDetected(9, 2); }
TEST(AnotherLog, OneAsLongIsDetected) { ExpectDetected(5, 5); }
TEST(AnotherLog, ALongerOneIsDetected) { ExpectDetected(2, 9); }

TEST(AnotherLog, WithReadModelsRemovedItServes) {
  const TempDir dir;
  Fill({dir / "log", dir / "views"}, 3);
  Fill({dir / "other", dir / "others_views"}, 5);
  std::filesystem::remove_all(dir / "views");
  Running running({dir / "other", dir / "views"});
  ASSERT_TRUE(running.instance.WaitCaughtUp(kLong));
  EXPECT_EQ(running.Do(Create("new@x.org")).position, Sequence{6});
}

TEST(CatchUp, CommandsBeforeItAreRefused) {
  const TempDir dir;
  Fill({dir / "log", dir / "views"}, 3);
  std::filesystem::remove_all(dir / "views");
  Running running({dir / "log", dir / "views"}, Running::Start::kHeld);
  EXPECT_FALSE(running.instance.WaitCaughtUp(milliseconds(0)));
  const Answer early = running.Do(Create("new@x.org"));
  ASSERT_TRUE(early.error);
  EXPECT_EQ(early.error->code, ErrorCode::kUnavailable);
  EXPECT_EQ(early.error->message, "still catching up with the log");
  EXPECT_FALSE(running.instance.status().caught_up);

  running.log.Release();
  ASSERT_TRUE(running.instance.WaitCaughtUp(kLong));
  EXPECT_EQ(running.instance.status().entries_left, 0);
  EXPECT_EQ(running.Do(Create("new@x.org")).position, Sequence{4});
}

TEST(CatchUp, ARunThatIsStoppedBeforeItIsClean) {
  const TempDir dir;
  Running running({dir / "log", dir / "views"}, Running::Start::kHeld);
  EXPECT_TRUE(running.instance.Stop(milliseconds(0)));
  EXPECT_FALSE(running.instance.status().caught_up);
}

}  // namespace
}  // namespace contacts::testing
