// Several instances, each with its own log client and read models, on one topic.
#include <gtest/gtest.h>

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "events/history.h"
#include "infra/instance/instance.h"
#include "infra/kafka/kafka_log.h"
#include "projections/position_waits.h"
#include "projections/store/describe.h"
#include "tests/support/acme.h"
#include "tests/support/kafka/broker.h"
#include "tests/support/log_client.h"
#include "tests/support/memory_view_store.h"

namespace contacts::testing {
namespace {

std::unique_ptr<KafkaLog> OpenedLog(KafkaLogOptions options) {
  auto log = KafkaLog::Open(std::move(options));
  if (!log.ok()) throw std::runtime_error(log.error().message);
  return std::move(*log);
}

struct OneInstance {
  enum class Start { kWhole, kWithAFault };

  explicit OneInstance(const std::string& topic) : OneInstance(topic, own_views) {}
  // On read models that are there already.
  OneInstance(const std::string& topic, MemoryViewStore& given, Start start = Start::kWhole)
      : log(OpenedLog(Broker::Shared().OptionsOf(topic, 2))),
        views(given),
        positions(views),
        instance(*log, views, positions, {}) {
    const bool whole = instance.WaitCaughtUp(std::chrono::seconds(30));
    if (whole != (start == Start::kWhole)) throw std::runtime_error("it did not start like that");
  }
  Hash DigestNow() { return Digest(*views.Snapshot()); }

  MemoryViewStore own_views;
  std::unique_ptr<KafkaLog> log;
  MemoryViewStore& views;
  PositionWaits positions;
  Instance instance;
};

Command Create(const std::string& email) {
  CreateContact create;
  create.fields.full_name = "Jo Doe";
  create.fields.email = email;
  create.fields.type = ContactType::kExternal;
  return Command{.tenant = kAcme, .actor = "1", .actor_name = "jane", .intent = create};
}

// Every answer to what was submitted, by e-mail.
class Answers {
 public:
  void Submit(OneInstance& to, const std::string& email) {
    {
      const std::lock_guard lock(mutex_);
      ++open_;
    }
    to.instance.Submit(Create(email), [this, email](Answer answer) {
      const std::lock_guard lock(mutex_);
      if (!answer.error) {
        ++done[email];
        newest = std::max(newest, answer.position);
      } else if (answer.error->code == ErrorCode::kConflict) {
        ++conflicts;
      } else {
        ++others;
        last_error = answer.error->message;
      }
      --open_;
      changed_.notify_all();
    });
  }
  bool WaitForAll() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(60), [this] { return open_ == 0; });
  }

  std::map<std::string, int> done;
  int conflicts = 0;
  int others = 0;
  std::string last_error;
  Sequence newest;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int open_ = 0;
};

bool WaitForPosition(OneInstance& one, Sequence position) {
  Signal reached;
  bool ok = false;
  one.positions.WaitFor(kAcme, position,
                        std::chrono::steady_clock::now() + std::chrono::seconds(30),
                        [&](Positions::Outcome outcome) {
                          ok = outcome == Positions::Outcome::kReached;
                          reached.Raise();
                        });
  return reached.Wait(std::chrono::seconds(60)) && ok;
}

TEST(KafkaInstances, ThreeThatCreateTheSameEmailsGiveEachToOne) {
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

TEST(KafkaInstances, ABrokerThatDiesInTheMiddleLosesNothingAndDoublesNothing) {
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
  // What was answered "unknown" may have come to be; asked again, each e-mail is taken or done now.
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

// A tenant of each of two partitions.
TenantId TenantIn(int partition) {
  for (int i = 0;; ++i) {
    const TenantId tenant{"tenant" + std::to_string(i)};
    if (PartitionOf(tenant, 2) == partition) return tenant;
  }
}

Answer Do(OneInstance& to, Command command) {
  Signal answered;
  Answer answer;
  to.instance.Submit(std::move(command), [&](Answer given) {
    answer = std::move(given);
    answered.Raise();
  });
  if (!answered.Wait(std::chrono::seconds(60))) throw std::runtime_error("no answer");
  return answer;
}

Answer CreateIn(OneInstance& to, const TenantId& tenant, const std::string& email) {
  Command command = Create(email);
  command.tenant = tenant;
  return Do(to, std::move(command));
}

// What an answer was part of is in the status when the round that gave it has ended; the next
// command of the same partition is taken in a later one.
InstanceStatus StatusAfterARoundMore(OneInstance& one, const TenantId& tenant) {
  CreateIn(one, tenant, "not an e-mail");
  return one.instance.status();
}

TEST(KafkaInstances, APartitionThatWasCutStandsStillAndTheOtherGoesOn) {
  const std::string topic = Broker::NewTopicName();
  const TenantId cut = TenantIn(0);
  const TenantId whole = TenantIn(1);
  OneInstance a(topic);
  ASSERT_FALSE(CreateIn(a, cut, "jo@x.org").error);
  ASSERT_FALSE(CreateIn(a, whole, "jo@x.org").error);
  Broker::Shared().DeleteRecords(topic, 0, Offset{1});
  Answer refused;  // what is under way at that moment has an unknown outcome
  for (int i = 0; !refused.error || refused.error->code == ErrorCode::kUnknownOutcome; ++i) {
    refused = CreateIn(a, cut, "e" + std::to_string(i) + "@x.org");
  }
  EXPECT_EQ(refused.error->code, ErrorCode::kUnavailable);
  EXPECT_NE(refused.error->message.find("does not begin at 0 but at 1"), std::string::npos)
      << refused.error->message;
  EXPECT_EQ(StatusAfterARoundMore(a, cut).standing_still, 1);
  EXPECT_FALSE(a.instance.Unready(cut));  // what was applied can be read
  EXPECT_FALSE(CreateIn(a, whole, "bo@x.org").error);
  EXPECT_FALSE(a.instance.Unready(whole));
}

TEST(KafkaInstances, ReadModelsOfALogThatWasCutAndHasGrownAgainAreRefused) {
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
    OneInstance other(topic);  // its read models are made from what is left
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

// As if a record of acme had been damaged in the log after others had followed it.
TEST(KafkaInstances, ManyEntriesOnOneThatIsNotThereCloseTheirTenantUntilTheyAreDisowned) {
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

TEST(KafkaInstances, WhatIsNotOursIsSteppedOverAndCounted) {
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
  const InstanceStatus status = StatusAfterARoundMore(a, kAcme);
  EXPECT_EQ(status.foreign, 5);
  EXPECT_EQ(status.fault, "");
}

}  // namespace
}  // namespace contacts::testing
