#include "query/records.h"

#include <gtest/gtest.h>

#include "tests/support/acme.h"
#include "tests/support/history.h"
#include "tests/support/memory_view_store.h"

namespace contacts::query {
namespace {

class RecordsTest : public ::testing::Test {
 protected:
  RecordsTest() {
    for (int i = 1; i <= 5; ++i) {
      past_.Then(kAcme, UserAdded{UserId{std::to_string(i)}, "user", "admin", std::nullopt});
      past_.Then(TenantId{"acme-2"}, UserAdded{UserId{"9"}, "other", "admin", std::nullopt});
    }
  }
  // The positions handed over; each must come with the record of that position.
  std::vector<int64_t> Read(int64_t first, int64_t last, size_t most = 100) {
    std::vector<int64_t> positions;
    end_ = ReadRecords(views_, kAcme, Sequence{first}, Sequence{last},
                       [&](Sequence position, std::string_view bytes) {
                         const auto record = DecodeRecord(bytes);
                         EXPECT_TRUE(record);
                         EXPECT_EQ(record->envelope.tenant, kAcme);
                         EXPECT_EQ(record->envelope.sequence, position);
                         positions.push_back(position.value);
                         return positions.size() < most;
                       });
    return positions;
  }
  using Positions = std::vector<int64_t>;

  MemoryViewStore views_;
  testing::History past_{views_};
  Sequence end_;
};

TEST_F(RecordsTest, AreHandedOverInOrder) {
  EXPECT_EQ(Read(1, 5), (Positions{1, 2, 3, 4, 5}));
  EXPECT_EQ(end_, Sequence{5});
}

TEST_F(RecordsTest, BothEndsAreIncludedAndCutToWhatThereIs) {
  EXPECT_EQ(Read(2, 3), (Positions{2, 3}));
  EXPECT_EQ(Read(-7, 1), (Positions{1}));
  EXPECT_EQ(Read(4, 999), (Positions{4, 5}));
  EXPECT_EQ(Read(3, 2), (Positions{}));
  EXPECT_EQ(end_, Sequence{2});
  EXPECT_EQ(Read(6, 9), (Positions{}));
  EXPECT_EQ(end_, Sequence{5});
}

TEST_F(RecordsTest, StopWhenTheVisitorSaysSo) {
  EXPECT_EQ(Read(2, 5, 2), (Positions{2, 3}));
  EXPECT_EQ(end_, Sequence{3});
}

}  // namespace
}  // namespace contacts::query
