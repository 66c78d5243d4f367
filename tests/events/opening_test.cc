#include "events/opening.h"

#include <gtest/gtest.h>

namespace contacts {
namespace {

const Opening kOpening{"019ab0c1-0000-7000-8000-000000000001", 3, 12, 2};
constexpr const char* kText =
    R"({"specversion":"1.0","id":"019ab0c1-0000-7000-8000-000000000002","source":"/contacts",)"
    R"("type":"LogOpened","time":"2026-11-23T10:00:00.123Z","datacontenttype":"application/json",)"
    R"("data":{"logId":"019ab0c1-0000-7000-8000-000000000001","partition":3,"partitions":12,)"
    R"("format":2}})";

std::string Small(const std::string& data) { return R"({"type":"LogOpened","data":)" + data + "}"; }

TEST(Opening, IsWrittenInItsOneForm) {
  EXPECT_EQ(
      EncodeOpening(kOpening, "019ab0c1-0000-7000-8000-000000000002", Timestamp{1795428000123}),
      kText);
}

TEST(Opening, ComesBackAsItWas) {
  const auto read = DecodeOpening(kOpeningKey, kText);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, kOpening);
}

TEST(Opening, OnlyItsTypeAndDataCount) {
  const auto read = DecodeOpening(
      kOpeningKey,
      R"({"new":[1e999],"data":{"format":2,"partitions":1,"x":{},"logId":"l","partition":0},)"
      R"("time":"noon","\u0074ype":"LogOpene\u0064"})");
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, (Opening{"l", 0, 1, 2}));
}

TEST(Opening, IsRefusedWhenItIsNotSound) {
  const std::string good = Small(R"({"logId":"l","partition":0,"partitions":1,"format":2})");
  ASSERT_TRUE(DecodeOpening(kOpeningKey, good));
  const std::string bad[] = {
      "",
      "{",
      " " + good,
      good + "\n",
      "[" + good + "]",
      R"({"type":"LogOpened"})",
      R"({"data":{"logId":"l","partition":0,"partitions":1,"format":2}})",
      R"({"type":"ContactCreated","data":{"logId":"l","partition":0,"partitions":1,"format":2}})",
      Small("[]"),
      Small(R"({"logId":"","partition":0,"partitions":1,"format":2})"),
      Small(R"({"logId":7,"partition":0,"partitions":1,"format":2})"),
      Small(R"({"logId":"l","partition":"0","partitions":1,"format":2})"),
      Small(R"({"logId":"l","partition":-1,"partitions":1,"format":2})"),
      Small(R"({"logId":"l","partition":1,"partitions":1,"format":2})"),
      Small(R"({"logId":"l","partition":0,"partitions":0,"format":2})"),
      Small(R"({"logId":"l","partition":0,"partitions":2147483648,"format":2})"),
      Small(R"({"logId":"l","partition":0,"partitions":1e0,"format":2})"),
      Small(R"({"logId":"l","partition":0,"partitions":1,"format":0})"),
      Small(R"({"logId":"l","partition":0,"partitions":1,"format":null})"),
      Small(R"({"logId":"l","partition":0,"partitions":1})"),
      Small(R"({"logId":"l","partition":0,"partitions":1,"format":2,"epoch":0})"),
      Small(R"({"logId":"l","partition":0,"partitions":1,"format":2,"epoch":-1})"),
      Small(R"({"logId":"l","partition":0,"partitions":1,"format":2,"epoch":2147483648})"),
      Small(R"({"logId":"l","partition":0,"partitions":1,"format":2,"epoch":"2"})"),
      Small(R"({"logId":"l","partition":0,"partitions":1,"format":2,"epoch":2.0})"),
      Small(R"({"logId":"l","partition":0,"partitions":1,"format":2,"epoch":null})"),
  };
  for (const std::string& value : bad) {
    const auto read = DecodeOpening(kOpeningKey, value);
    ASSERT_FALSE(read) << value;
    EXPECT_EQ(read.error().code, ErrorCode::kBadRequest) << value;
  }
  EXPECT_FALSE(DecodeOpening("log", good));
  EXPECT_FALSE(DecodeOpening("", good));
}

TEST(Opening, NamesItsEpochFromTheSecondOnOnly) {
  Opening opening = kOpening;
  EXPECT_EQ(EpochOf(opening), 1);
  opening.epoch = WrittenEpoch(1);
  EXPECT_EQ(opening, kOpening);
  opening.epoch = WrittenEpoch(3);
  const std::string text = EncodeOpening(opening, "id", Timestamp{});
  EXPECT_NE(text.find(R"("format":2,"epoch":3}})"), std::string::npos) << text;
  const auto read = DecodeOpening(kOpeningKey, text);
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, opening);
  EXPECT_EQ(EpochOf(*read), 3);
}

std::string WhyRefused(const std::string& format) {
  const auto read = DecodeOpening(
      kOpeningKey, Small(R"({"logId":"l","partition":0,"partitions":1,"format":)" + format + "}"));
  EXPECT_FALSE(read);
  if (read) return "";
  EXPECT_EQ(read.error().code, ErrorCode::kUnavailable);
  return read.error().message;
}

TEST(Opening, SaysThatAFormatIsLater) {
  EXPECT_EQ(WhyRefused("3"), "a newer release opened this log, in format 3");
}

TEST(Opening, SaysWhatToDoWithALogInPlainText) {
  EXPECT_EQ(WhyRefused("1"),
            "this log has format 1, whose records hold personal data in plain text; this release "
            "reads format 2 only, and there is no upgrade. Start with a new log: another --data "
            "directory, or another --kafka-topic");
}

}  // namespace
}  // namespace contacts
