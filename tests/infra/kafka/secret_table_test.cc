#include "infra/kafka/secret_table.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace contacts::kafka {
namespace {

class SecretTableTest : public ::testing::Test {
 protected:
  SecretTableTest() {
    table_.OnChange([this](std::string_view id, const std::optional<std::string_view>& secret) {
      told_ += std::string(id) + '=' + std::string(secret.value_or("none")) + ' ';
    });
  }
  void Take(const std::string& id, const std::string& secret) {
    LogEntry entry;
    entry.offset = Offset{offset_++};
    entry.key = id;
    entry.value = secret;
    table_.Take({entry});
  }
  std::string Told() { return std::exchange(told_, ""); }
  std::string All() {
    std::string all;
    table_.Scan("", [&](std::string_view id, std::string_view secret) {
      all += std::string(id) + '=' + std::string(secret) + ' ';
    });
    return all;
  }

  SecretTable table_;

 private:
  int64_t offset_ = 0;
  std::string told_;
};

TEST_F(SecretTableTest, TheNewestEntryOfAnIdCounts) {
  Take("id-a", "1");
  Take("id-b", "2");
  Take("id-a", "3");
  Take("id-b", "");
  EXPECT_EQ(Told(), "id-a=1 id-b=2 id-a=3 id-b=none ");
  EXPECT_EQ(All(), "id-a=3 ");
  EXPECT_EQ(table_.Find("id-b"), std::nullopt);
}

TEST_F(SecretTableTest, WhatDoesNotFitItsIdIsSkipped) {
  Take(SecretIdOf("a secret"), "another one");
  EXPECT_EQ(All(), "");
  Take(SecretIdOf("a secret"), "a secret");
  EXPECT_EQ(table_.Find(SecretIdOf("a secret")), "a secret");
}

// Compaction removed an entry that erased, after the entry that it erased.
TEST_F(SecretTableTest, WhatASecondReadingDoesNotFindIsGone) {
  Take("id-a", "above");
  Take("id-b", "stays");
  Take("id-c", "was replaced");
  Told();
  table_.TakeAgain();
  Take("id-b", "stays");
  Take("id-e", "for a while");
  Take("id-d", "left");
  Take("id-c", "by this");
  Take("id-e", "");
  EXPECT_EQ(Told(), "") << "nothing changes before the end is reached";
  EXPECT_EQ(All(), "id-a=above id-b=stays id-c=was replaced ");
  table_.TakeWhole();
  EXPECT_EQ(Told(), "id-d=left id-c=by this id-a=none ") << "puts in the order of the topic first";
  EXPECT_EQ(All(), "id-b=stays id-c=by this id-d=left ");
  Take("id-d", "");
  EXPECT_EQ(Told(), "id-d=none ");
}

TEST_F(SecretTableTest, ASecondReadingThatBeginsAnewForgetsTheFirst) {
  table_.TakeAgain();
  Take("id-a", "1");
  table_.TakeAgain();
  Take("id-b", "2");
  table_.TakeWhole();
  EXPECT_EQ(All(), "id-b=2 ");
}

}  // namespace
}  // namespace contacts::kafka
