// Instances on a topic that lost entries: only the tenants concerned are stopped.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "events/history.h"
#include "tests/infra/kafka/kafka_instances.h"
#include "tests/support/keys.h"
#include "tests/support/log_client.h"

namespace contacts::testing {
namespace {

TEST(KafkaDamagedLog, APartitionThatWasCutStandsStillAndTheOtherGoesOn) {
  const std::string topic = Broker::NewTopicName();
  const TenantId cut = TenantIn(0);
  const TenantId whole = TenantIn(1);
  OneInstance a(topic);
  ASSERT_FALSE(CreateIn(a, cut, "jo@x.org").error);
  ASSERT_FALSE(CreateIn(a, whole, "jo@x.org").error);
  Broker::Shared().DeleteRecords(topic, 0, Offset{1});
  Answer refused;  // a command in flight at that moment has an unknown outcome
  for (int i = 0; !refused.error || refused.error->code == ErrorCode::kUnknownOutcome; ++i) {
    refused = CreateIn(a, cut, "e" + std::to_string(i) + "@x.org");
  }
  EXPECT_EQ(refused.error->code, ErrorCode::kUnavailable);
  EXPECT_NE(refused.error->message.find("does not begin at 0 but at 1"), std::string::npos)
      << refused.error->message;
  EXPECT_EQ(StatusAfterAnotherRound(a, cut).standing_still, 1);
  EXPECT_FALSE(a.instance.Unready(cut));  // applied records can be read
  EXPECT_FALSE(CreateIn(a, whole, "bo@x.org").error);
  EXPECT_FALSE(a.instance.Unready(whole));
}

TEST(KafkaDamagedLog, ReadModelsOfALogThatWasCutAndHasGrownAgainAreRefused) {
  const std::string topic = Broker::NewTopicName();
  const TenantId cut = TenantIn(0);
  const TenantId whole = TenantIn(1);
  MemoryViewStore views;
  {
    OneInstance a(topic, views);
    for (int i = 0; i < 3; ++i) {
      ASSERT_FALSE(CreateIn(a, cut, "e" + std::to_string(i) + "@x.org").error);
    }
  }
  Broker::Shared().Kill();
  Broker::Shared().CutTail(topic, 0, 2);  // the opening record and one contact stay
  Broker::Shared().Start();
  {
    OneInstance other(topic);  // its read models are made from the entries that are left
    for (int i = 5; i < 10; ++i) {
      ASSERT_FALSE(CreateIn(other, cut, "e" + std::to_string(i) + "@x.org").error);
    }
  }
  OneInstance a(topic, views, OneInstance::Start::kWithAFault);
  const auto why = a.instance.Unready(cut);
  ASSERT_TRUE(why);
  EXPECT_NE(why->message.find("not the one that the read models were made from"), std::string::npos)
      << why->message;
  EXPECT_TRUE(a.instance.status().caught_up);
  EXPECT_FALSE(a.instance.Unready(whole));
  EXPECT_FALSE(CreateIn(a, whole, "jo@x.org").error);
  EXPECT_EQ(CreateIn(a, cut, "jo@x.org").error->code, ErrorCode::kUnavailable);
}

// The entries look as if a record of acme had been damaged after others had followed it.
TEST(KafkaDamagedLog, ManyOrphansCloseTheirTenantUntilTheyAreDisowned) {
  const std::string topic = Broker::NewTopicName();
  OneInstance a(topic);
  ASSERT_FALSE(Do(a, Create("jo@x.org")).error);
  Hash previous = Sha256("a record that was lost");
  const Hash parent = previous;
  std::vector<std::string> orphans;
  for (int64_t sequence = 3; sequence < 1004; ++sequence) {
    Record record;
    record.envelope.tenant = kAcme;
    record.envelope.sequence = Sequence{sequence};
    record.envelope.previous = previous;
    record.event = NothingChanged{"ChangeUser", std::nullopt, std::nullopt};
    orphans.push_back(EncodeRecord(record));
    previous = Sha256(orphans.back());
  }
  LogClient other(*a.log, PartitionOf(kAcme, 2));
  other.Append(orphans);
  ASSERT_TRUE(other.UntilReports(orphans.size()));
  Do(a, Create("jo@x.org"));  // an answer without a record: all that the log held is applied
  const Answer refused = Do(a, Create("late@x.org"));
  ASSERT_TRUE(refused.error);
  EXPECT_EQ(refused.error->code, ErrorCode::kUnavailable);
  EXPECT_NE(refused.error->message.find("contacts disown " + ToHex(parent)), std::string::npos)
      << refused.error->message;
  EXPECT_FALSE(CreateIn(a, TenantIn(PartitionOf(kAcme, 2)), "jo@x.org").error);
  OneInstance restarted(topic);
  EXPECT_TRUE(Do(restarted, Create("late@x.org")).error);

  Command disown = Create("");
  disown.intent = DisownChain{parent};
  ASSERT_FALSE(Do(restarted, disown).error);
  EXPECT_FALSE(Do(restarted, Create("late@x.org")).error);
  ASSERT_TRUE(WaitForPosition(a, Sequence{3}));
  EXPECT_FALSE(Do(a, Create("later@x.org")).error);
}

}  // namespace
}  // namespace contacts::testing
