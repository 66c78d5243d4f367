// The contract of every EventLog (events/event_log.h), as one suite for all of them:
//
//   INSTANTIATE_TYPED_TEST_SUITE_P(Embedded, EventLogContract, EmbeddedFixture);
//
// The fixture has an empty log of one partition:
//   EventLog& log();
//   void Reopen();             as after a restart of the process; handles are gone by then
//   bool Wait(Signal& signal)  until it is raised, letting the log make progress; false: it never
//   is static constexpr bool kThreads;  whether handles may be used by several threads together
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "tests/support/log_client.h"

namespace contacts::testing {

template <class Fixture>
class EventLogContract : public ::testing::Test {
 protected:
  LogClient NewClient(Offset from = Offset{0}) {
    return LogClient(fixture.log(), 0, from, [this](Signal& s) { return fixture.Wait(s); });
  }
  // Appends the values and waits until they are durable.
  void Given(const std::vector<std::string>& values) {
    LogClient client = NewClient();
    client.Append(values);
    ASSERT_TRUE(client.UntilReports(values.size()));
    for (const auto& report : client.reports) ASSERT_EQ(report.outcome, Delivery::kStored);
  }

  Fixture fixture;
};

TYPED_TEST_SUITE_P(EventLogContract);

TYPED_TEST_P(EventLogContract, EntriesComeBackInOrderAndAsTheyWere) {
  const std::vector<std::string> values = {"one", "", std::string("\0\xff{}\n", 5), "four"};
  LogClient client = this->NewClient();
  client.Append(values, std::string("k\0y", 3));
  ASSERT_TRUE(client.UntilEntries(4));
  EXPECT_EQ(client.Values(), values);
  EXPECT_EQ(client.entries[2].key, std::string("k\0y", 3));
  for (size_t i = 1; i < client.all.size(); ++i) {
    EXPECT_LT(client.all[i - 1].offset, client.all[i].offset);
    EXPECT_LE(client.all[i - 1].appended, client.all[i].appended);
  }
}

TYPED_TEST_P(EventLogContract, EachEntryGetsOneReportWithItsOffset) {
  LogClient client = this->NewClient();
  client.Append({"a", "b"});
  client.Append({"c"});
  ASSERT_TRUE(client.UntilReports(3));
  ASSERT_TRUE(client.UntilEntries(3));
  std::map<uint64_t, Offset> offsets;
  for (const auto& report : client.reports) {
    EXPECT_EQ(report.outcome, Delivery::kStored);
    EXPECT_TRUE(offsets.emplace(report.token, report.offset).second) << report.token;
  }
  for (uint64_t token = 1; token <= 3; ++token) {
    EXPECT_EQ(offsets[token], client.entries[token - 1].offset);
  }
  ASSERT_TRUE(client.AskEnd());
  EXPECT_EQ(client.reports.size(), 3u);
}

TYPED_TEST_P(EventLogContract, AReaderThatAppendsNothingGetsNoReports) {
  LogClient reader = this->NewClient();
  this->Given({"a"});
  ASSERT_TRUE(reader.UntilEntries(1));
  EXPECT_TRUE(reader.reports.empty());
}

TYPED_TEST_P(EventLogContract, WhatWasReportedStoredIsThereAfterARestart) {
  this->Given({"a", "b"});
  this->fixture.Reopen();
  this->Given({"c"});
  this->fixture.Reopen();
  LogClient client = this->NewClient();
  ASSERT_TRUE(client.UntilEntries(3));
  EXPECT_EQ(client.Values(), (std::vector<std::string>{"a", "b", "c"}));
  for (size_t i = 1; i < client.all.size(); ++i) {
    EXPECT_LT(client.all[i - 1].offset, client.all[i].offset);
    EXPECT_LE(client.all[i - 1].appended, client.all[i].appended);
  }
}

TYPED_TEST_P(EventLogContract, EntriesAreTheSameForEveryReader) {
  this->Given({"a", "b"});
  LogClient first = this->NewClient();
  ASSERT_TRUE(first.UntilEntries(2));
  std::vector<LogEntry> before = std::move(first.entries);
  LogClient second = this->NewClient();
  ASSERT_TRUE(second.UntilEntries(2));
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(second.entries[i].offset, before[i].offset);
    EXPECT_EQ(second.entries[i].appended, before[i].appended);
    EXPECT_EQ(second.entries[i].value, before[i].value);
  }
}

TYPED_TEST_P(EventLogContract, ReadingStartsWhereItIsTold) {
  this->Given({"a", "b", "c"});
  LogClient client = this->NewClient();
  ASSERT_TRUE(client.UntilEntries(3));
  const Offset second = client.entries[1].offset;
  LogClient late = this->NewClient(second);
  ASSERT_TRUE(late.UntilEntries(2));
  EXPECT_EQ(late.Values(), (std::vector<std::string>{"b", "c"}));
  late.handle().Seek(second);
  ASSERT_TRUE(late.UntilEntries(4));
  EXPECT_EQ(late.Values(), (std::vector<std::string>{"b", "c", "b", "c"}));
}

TYPED_TEST_P(EventLogContract, AReaderAtTheEndIsWoken) {
  this->Given({"a"});
  LogClient reader = this->NewClient();
  ASSERT_TRUE(reader.UntilEntries(1));
  LogClient writer = this->NewClient();
  writer.Append({"b"});  // it can be read after a while, and only a wake tells when
  ASSERT_TRUE(reader.UntilEntries(2));
  EXPECT_EQ(reader.Values(), (std::vector<std::string>{"a", "b"}));
}

TYPED_TEST_P(EventLogContract, APollHandsOutNoMoreThanAskedAndTheRestNext) {
  this->Given({"a", "b", "c", "d", "e"});
  LogClient reader = this->NewClient();
  bool at_most_two = true;
  ASSERT_TRUE(reader.Until(
      [&] {
        at_most_two = at_most_two && reader.PollOnce(2) <= 2;
        return reader.entries.size() >= 5;
      },
      2));
  EXPECT_TRUE(at_most_two);
  EXPECT_EQ(reader.Values(), (std::vector<std::string>{"a", "b", "c", "d", "e"}));
}

// A reader that waits for a wake after each Poll must still get all entries.
TYPED_TEST_P(EventLogContract, WhatAPollLeftIsFollowedByAWake) {
  this->Given({"a", "b", "c"});
  LogClient reader = this->NewClient();
  EXPECT_TRUE(reader.Until([&] { return reader.entries.size() == 3; }, 1));
}

TYPED_TEST_P(EventLogContract, TheEndIsAfterTheLastEntry) {
  LogClient client = this->NewClient();
  const auto before = client.AskEnd();
  ASSERT_TRUE(before);
  client.Append({"a"});
  ASSERT_TRUE(client.UntilReports(1));
  const auto after = client.AskEnd();
  ASSERT_TRUE(after);
  EXPECT_GT(*after, client.reports[0].offset);
  EXPECT_GE(client.reports[0].offset, *before);
  LogClient idle = this->NewClient();
  EXPECT_EQ(idle.AskEnd(), after);
}

TYPED_TEST_P(EventLogContract, AValueOfTheLargestSizeIsTaken) {
  const std::string largest(this->fixture.log().max_value_bytes(), 'x');
  LogClient client = this->NewClient();
  client.Append({largest});
  ASSERT_TRUE(client.UntilEntries(1));
  EXPECT_EQ(client.entries[0].value, largest);
}

TYPED_TEST_P(EventLogContract, ATooLargeValueIsRefusedAloneAndNeverThere) {
  const std::string too_large(this->fixture.log().max_value_bytes() + 1, 'x');
  {
    LogClient client = this->NewClient();
    client.Append({"before", too_large, "after"});
    ASSERT_TRUE(client.UntilReports(3));
    for (const auto& report : client.reports) {
      EXPECT_EQ(report.outcome, report.token == 2 ? Delivery::kNeverSent : Delivery::kStored);
      EXPECT_EQ(report.reason.empty(), report.token != 2);
    }
  }
  this->fixture.Reopen();
  LogClient reader = this->NewClient();
  ASSERT_TRUE(reader.AskEnd());
  ASSERT_TRUE(reader.UntilEntries(2));
  EXPECT_EQ(reader.Values(), (std::vector<std::string>{"before", "after"}));
}

TYPED_TEST_P(EventLogContract, WritersThatMeetKeepTheirOwnOrder) {
  constexpr int kWriters = 4;
  constexpr int kAppends = 25;
  const auto write = [this](int writer) {
    LogClient client = this->NewClient();
    for (int i = 0; i < kAppends; ++i) {
      const std::string name = std::to_string(writer) + ":" + std::to_string(1000 + i);
      client.Append({name + "a", name + "b"});
    }
    EXPECT_TRUE(client.UntilReports(2 * kAppends));
  };
  if constexpr (TypeParam::kThreads) {
    std::vector<std::thread> threads;
    for (int writer = 0; writer < kWriters; ++writer) threads.emplace_back(write, writer);
    for (auto& thread : threads) thread.join();
  } else {
    for (int writer = 0; writer < kWriters; ++writer) write(writer);
  }
  LogClient reader = this->NewClient();
  ASSERT_TRUE(reader.UntilEntries(2 * kWriters * kAppends));
  std::map<char, std::string> newest;
  for (const std::string& value : reader.Values()) {
    EXPECT_LT(newest[value[0]], value);
    newest[value[0]] = value;
  }
  EXPECT_EQ(newest.size(), static_cast<size_t>(kWriters));
}

REGISTER_TYPED_TEST_SUITE_P(
    EventLogContract, EntriesComeBackInOrderAndAsTheyWere, EachEntryGetsOneReportWithItsOffset,
    AReaderThatAppendsNothingGetsNoReports, WhatWasReportedStoredIsThereAfterARestart,
    EntriesAreTheSameForEveryReader, ReadingStartsWhereItIsTold, AReaderAtTheEndIsWoken,
    APollHandsOutNoMoreThanAskedAndTheRestNext, WhatAPollLeftIsFollowedByAWake,
    TheEndIsAfterTheLastEntry, AValueOfTheLargestSizeIsTaken,
    ATooLargeValueIsRefusedAloneAndNeverThere, WritersThatMeetKeepTheirOwnOrder);

}  // namespace contacts::testing
