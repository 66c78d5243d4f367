// Several instances on one topic come to one history.
#include "tests/infra/kafka/kafka_instances.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "events/history.h"
#include "tests/support/log_client.h"

namespace contacts::testing {
namespace {

TEST(KafkaInstances, ThreeThatCreateTheSameEmailsCreateEachOnce) {
  const std::string topic = Broker::NewTopicName();
  constexpr int kEmails = 200;
  OneInstance a(topic);
  OneInstance b(topic);
  OneInstance c(topic);
  Answers answers;
  std::vector<std::thread> threads;
  for (OneInstance* one : {&a, &b, &c}) {
    threads.emplace_back([&answers, one] {
      for (int i = 0; i < kEmails; ++i) answers.Submit(*one, "e" + std::to_string(i) + "@x.org");
    });
  }
  for (auto& thread : threads) thread.join();
  ASSERT_TRUE(answers.WaitForAll());
  EXPECT_EQ(answers.others, 0) << answers.last_error;
  EXPECT_EQ(answers.done.size(), static_cast<size_t>(kEmails));
  for (const auto& [email, times] : answers.done) EXPECT_EQ(times, 1) << email;
  EXPECT_EQ(answers.conflicts, 2 * kEmails);
  EXPECT_EQ(answers.newest, Sequence{kEmails});

  for (OneInstance* one : {&a, &b, &c}) ASSERT_TRUE(WaitForPosition(*one, answers.newest));
  OneInstance rebuilt(topic);
  EXPECT_EQ(ToHex(a.DigestNow()), ToHex(rebuilt.DigestNow()));
  EXPECT_EQ(ToHex(b.DigestNow()), ToHex(rebuilt.DigestNow()));
  EXPECT_EQ(ToHex(c.DigestNow()), ToHex(rebuilt.DigestNow()));
}

TEST(KafkaInstances, ABrokerThatDiesInTheMiddleLosesNothingAndDuplicatesNothing) {
  const std::string topic = Broker::NewTopicName();
  constexpr int kEmails = 100;
  OneInstance a(topic);
  OneInstance b(topic);
  Answers answers;
  for (int i = 0; i < kEmails; ++i) {
    if (i == kEmails / 2) Broker::Shared().Kill();
    for (OneInstance* one : {&a, &b}) answers.Submit(*one, "e" + std::to_string(i) + "@x.org");
    if (i == kEmails / 2 + 5) Broker::Shared().Start();
  }
  ASSERT_TRUE(answers.WaitForAll());
  for (const auto& [email, times] : answers.done) EXPECT_EQ(times, 1) << email;
  // A command with an unknown outcome may have been done; asked again, each e-mail is taken or done
  // now.
  Answers again;
  for (int i = 0; i < kEmails; ++i) again.Submit(b, "e" + std::to_string(i) + "@x.org");
  ASSERT_TRUE(again.WaitForAll());
  EXPECT_EQ(again.others, 0) << again.last_error;
  for (const auto& [email, times] : again.done) EXPECT_EQ(answers.done.count(email), 0u) << email;
  Answers last;
  last.Submit(b, "last@x.org");
  ASSERT_TRUE(last.WaitForAll());
  ASSERT_EQ(last.done.size(), 1u) << last.last_error;
  EXPECT_EQ(last.newest, Sequence{kEmails + 1});
  ASSERT_TRUE(WaitForPosition(a, last.newest));
  OneInstance rebuilt(topic);
  EXPECT_EQ(ToHex(a.DigestNow()), ToHex(rebuilt.DigestNow()));
  EXPECT_EQ(ToHex(b.DigestNow()), ToHex(rebuilt.DigestNow()));
}

TEST(KafkaInstances, ForeignEntriesAreSkippedAndCounted) {
  const std::string topic = Broker::NewTopicName();
  OneInstance a(topic);
  const int partition = PartitionOf(kAcme, 2);
  LogClient other(*a.log, partition);
  other.Append({"garbage", "", "{\"a\":1}", std::string(900'000, 'x'), std::string("\0\xff", 2)});
  ASSERT_TRUE(other.UntilReports(5));
  Answers answers;
  answers.Submit(a, "jo@x.org");
  ASSERT_TRUE(answers.WaitForAll());
  EXPECT_EQ(answers.done.size(), 1u) << answers.last_error;
  const InstanceStatus status = StatusAfterAnotherRound(a, kAcme);
  EXPECT_EQ(status.foreign, 5);
  EXPECT_EQ(status.fault, "");
}

}  // namespace
}  // namespace contacts::testing
