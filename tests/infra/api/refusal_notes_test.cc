#include "infra/api/refusal_notes.h"

#include <gtest/gtest.h>

#include <chrono>
#include <vector>

namespace contacts::api {
namespace {

using std::chrono::seconds;

class RecordingCommands : public Commands {
 public:
  void Submit(Command command, Reply reply) override {
    submitted.push_back(std::move(command));
    reply(Answer{});
  }
  std::vector<Command> submitted;
};

class RefusalNotesTest : public ::testing::Test {
 protected:
  void Refuse(const std::string& actor, int times = 1, ErrorCode code = ErrorCode::kConflict) {
    for (int i = 0; i < times; ++i) {
      Command who;
      who.tenant = TenantId{"acme"};
      who.actor = actor;
      notes_.Note(who, "CreateContact", Error{code, "taken"});
    }
  }
  const CommandRefused& Note(size_t i) {
    return std::get<NoteRefusal>(commands_.submitted.at(i).intent).refusal;
  }
  size_t count() const { return commands_.submitted.size(); }

  RecordingCommands commands_;
  RefusalNotes::Clock::time_point now_{};
  RefusalNotes notes_{commands_, [this] { return now_; }, 2};
};

TEST_F(RefusalNotesTest, NotesTheUserAndTheRefusedCommand) {
  Refuse("7");
  ASSERT_EQ(count(), 1u);
  EXPECT_EQ(commands_.submitted[0].tenant, TenantId{"acme"});
  EXPECT_EQ(commands_.submitted[0].actor, "7");
  EXPECT_FALSE(commands_.submitted[0].key);
  EXPECT_EQ(Note(0), (CommandRefused{"CreateContact", ErrorCode::kConflict, "taken", 0}));
}

TEST_F(RefusalNotesTest, NotesRefusalsOnly) {
  Refuse("7", 1, ErrorCode::kForbidden);
  Refuse("7", 1, ErrorCode::kPreconditionFailed);
  EXPECT_EQ(count(), 2u);
  for (const ErrorCode code :
       {ErrorCode::kBadRequest, ErrorCode::kUnauthenticated, ErrorCode::kNotFound,
        ErrorCode::kKeyReused, ErrorCode::kUnavailable, ErrorCode::kUnknownOutcome}) {
    Refuse("7", 1, code);
  }
  EXPECT_EQ(count(), 2u);
}

TEST_F(RefusalNotesTest, NotesTenInAnyMinuteAndThenSaysHowManyWereLeftOut) {
  Refuse("7", 9);
  now_ += seconds(59);
  Refuse("7", 4);
  EXPECT_EQ(count(), 10u);
  now_ += seconds(1);  // the first nine are a minute old, the tenth is not
  Refuse("7", 10);
  EXPECT_EQ(count(), 19u);
  EXPECT_EQ(Note(10).left_out, 3);
  EXPECT_EQ(Note(11).left_out, 0);
  now_ += seconds(60);
  Refuse("7");
  EXPECT_EQ(Note(19).left_out, 1);
}

TEST_F(RefusalNotesTest, EachUserOfEachTenantIsCountedSeparately) {
  Refuse("7", 11);
  Refuse("8", 11);
  EXPECT_EQ(count(), 20u);
  Command other;
  other.tenant = TenantId{"other"};
  other.actor = "7";
  notes_.Note(other, "CreateContact", Error{ErrorCode::kConflict, "taken"});
  EXPECT_EQ(count(), 21u);
}

TEST_F(RefusalNotesTest, RemembersTheUsersSeenLast) {
  Refuse("7", 11);
  Refuse("8");
  Refuse("7");  // seen again, and still over the bound
  EXPECT_EQ(count(), 11u);
  Refuse("9");  // only two are remembered: 8 goes, 7 stays
  Refuse("7");
  EXPECT_EQ(count(), 12u);
}

}  // namespace
}  // namespace contacts::api
