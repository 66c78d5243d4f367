#include "events/log_reader.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/told_partition.h"

namespace contacts::testing {
namespace {

using Ended = LogReader::Ended;

const auto kOver = LogReader::Clock::time_point{};  // a deadline that has passed
LogReader::Clock::time_point Late() { return LogReader::Clock::now() + std::chrono::seconds(30); }

LogEntry Entry(int64_t offset) {
  return {Offset{offset}, Timestamp{offset}, "acme", "value " + std::to_string(offset)};
}

std::vector<LogEntry> Entries(int64_t count) {
  std::vector<LogEntry> entries;
  for (int64_t i = 0; i < count; ++i) entries.push_back(Entry(i));
  return entries;
}

class LogReaderTest : public ::testing::Test {
 protected:
  void Given(std::vector<LogEntry> entries) {
    auto log = std::make_unique<ToldPartition>(std::move(entries));
    log_ = log.get();
    reader_ = std::make_unique<LogReader>(std::move(log));
    reader_->Seek(Offset{0});
  }
  Ended ReadToEnd(LogReader::Clock::time_point deadline) {
    return reader_->ReadToEnd(deadline, [this](const Polled& polled) { return Note(polled); });
  }
  bool Note(const Polled& polled) {
    for (const LogEntry& entry : polled.entries) taken_.push_back(entry.offset.value);
    return false;
  }
  static std::vector<int64_t> Numbers(int64_t from, int64_t to) {
    std::vector<int64_t> numbers;
    for (int64_t i = from; i < to; ++i) numbers.push_back(i);
    return numbers;
  }

  ToldPartition* log_ = nullptr;
  std::unique_ptr<LogReader> reader_;
  std::vector<int64_t> taken_;
};

TEST_F(LogReaderTest, EachEntryUpToTheEndIsTakenOnceAndInOrder) {
  Given(Entries(2500));
  EXPECT_EQ(ReadToEnd(Late()), Ended::kAtEnd);
  EXPECT_EQ(taken_, Numbers(0, 2500));
  log_->Add(Entry(2500));
  EXPECT_EQ(ReadToEnd(Late()), Ended::kAtEnd);
  EXPECT_EQ(taken_, Numbers(0, 2501));
}

TEST_F(LogReaderTest, AnEmptyPartitionIsAtItsEnd) {
  Given({});
  EXPECT_EQ(ReadToEnd(Late()), Ended::kAtEnd);
  EXPECT_TRUE(taken_.empty());
}

TEST_F(LogReaderTest, ADeadlineEndsWaitingAndNotReading) {
  Given(Entries(2500));
  EXPECT_EQ(ReadToEnd(kOver), Ended::kAtEnd);
  EXPECT_EQ(taken_.size(), 2500u);
}

TEST_F(LogReaderTest, ALogThatDoesNotSayItsEndIsLate) {
  Given(Entries(3));
  log_->answers_ends = false;
  EXPECT_EQ(ReadToEnd(kOver), Ended::kLate);
  EXPECT_EQ(taken_, Numbers(0, 3));
  log_->answers_ends = true;
  EXPECT_EQ(ReadToEnd(kOver), Ended::kAtEnd);
  EXPECT_EQ(taken_, Numbers(0, 3));
}

TEST_F(LogReaderTest, EnoughEndsItAndSeekStartsOver) {
  Given(Entries(1500));
  const auto first_poll = [this](const Polled& polled) { return Note(polled), true; };
  EXPECT_EQ(reader_->ReadToEnd(Late(), first_poll), Ended::kEnough);
  const size_t first = taken_.size();
  EXPECT_LT(first, 1500u);
  EXPECT_EQ(ReadToEnd(Late()), Ended::kAtEnd);
  EXPECT_EQ(taken_, Numbers(0, 1500));
  taken_.clear();
  reader_->Seek(Offset{1490});
  EXPECT_EQ(ReadToEnd(Late()), Ended::kAtEnd);
  EXPECT_EQ(taken_, Numbers(1490, 1500));
}

TEST_F(LogReaderTest, EntriesThatCameWithAFaultAreTakenBeforeIt) {
  Given(Entries(3));
  log_->Fail("the disk burns");
  EXPECT_EQ(ReadToEnd(Late()), Ended::kFault);
  EXPECT_EQ(taken_, Numbers(0, 3));
  EXPECT_EQ(reader_->fault(), "the disk burns");
}

TEST_F(LogReaderTest, EnoughCountsBeforeAFaultOfTheSamePoll) {
  Given({});
  log_->Report({7, Delivery::kStored, Offset{0}, ""});
  log_->Fail("the disk burns");
  const auto report = [](const Polled& polled) { return !polled.reports.empty(); };
  EXPECT_EQ(reader_->ReadUntil(Late(), report), Ended::kEnough);
}

TEST_F(LogReaderTest, AReaderThatWaitsIsWoken) {
  Given({});
  reader_->Append({{7, "acme", "value"}});
  ASSERT_EQ(log_->appended.size(), 1u);
  std::thread log([this] { log_->Report({log_->appended[0].token, Delivery::kStored, {}, ""}); });
  uint64_t reported = 0;
  const auto ended = reader_->ReadUntil(Late(), [&](const Polled& polled) {
    for (const DeliveryReport& report : polled.reports) reported = report.token;
    return reported != 0;
  });
  log.join();
  EXPECT_EQ(ended, Ended::kEnough);
  EXPECT_EQ(reported, 7u);
}

TEST(LogWakeTest, AWakeCountsOnceAlsoIfItCameBeforeTheWait) {
  ToldPartition log;
  LogWake wake(log);
  EXPECT_FALSE(wake.WaitUntil(kOver));
  log.Add(Entry(0));
  log.Add(Entry(1));
  EXPECT_TRUE(wake.WaitUntil(kOver));
  EXPECT_FALSE(wake.WaitUntil(kOver));
}

TEST(LogWakeTest, AWakeAfterItsEndDoesNothing) {
  ToldPartition log;
  { const LogWake wake(log); }
  log.Add(Entry(0));
  LogWake next(log);
  EXPECT_FALSE(next.WaitUntil(kOver));
}

}  // namespace
}  // namespace contacts::testing
