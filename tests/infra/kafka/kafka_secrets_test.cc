#include "infra/kafka/kafka_secrets.h"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "infra/kafka/log_watch.h"
#include "tests/support/kafka/broker.h"
#include "tests/support/log_client.h"

namespace contacts::testing {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kNotReached{30};  // only a broken test takes this long
constexpr std::chrono::milliseconds kTwoLooks{600};

std::unique_ptr<KafkaSecretStore> Opened(const std::string& topic) {
  auto store = KafkaSecretStore::Open(Broker::Shared().OptionsOf(topic), {});
  if (!store.ok()) throw std::runtime_error(store.error().message);
  return std::move(*store);
}

Error WhyNotOpened(const std::string& topic, KafkaSecretStore::Opening opening = {}) {
  const auto store = KafkaSecretStore::Open(Broker::Shared().OptionsOf(topic), std::move(opening));
  return store.ok() ? Error{} : store.error();
}

// The fault that the store finds without being asked for anything.
std::string FaultOf(const KafkaSecretStore& store, Clock::duration time = kNotReached) {
  for (const auto until = Clock::now() + time; Clock::now() < until;) {
    if (std::string fault = store.Fault(); !fault.empty()) return fault;
    std::this_thread::yield();
  }
  return "none";
}

void ExpectFault(KafkaSecretStore& store, const std::string& topic, const std::string& words) {
  const std::string fault = FaultOf(store);
  EXPECT_NE(fault.find(topic), std::string::npos) << fault;
  EXPECT_NE(fault.find(words), std::string::npos) << fault;
  EXPECT_NE(fault.find("--adopt-secrets"), std::string::npos) << fault;
  EXPECT_EQ(store.Get("id-1").error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(store.Get(kNobodysSecret).error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(store.Put("id-2", "secret").error().code, ErrorCode::kUnavailable);
}

class KafkaSecrets : public ::testing::Test {
 protected:
  void Open() {
    store = Opened(topic);
    ASSERT_TRUE(store->Put("$log", "the log's id").ok());
    ASSERT_TRUE(store->Put("id-1", "secret 1").ok());
  }

  // The fault that a watch finds in a whole look, for a handle that has read this far.
  std::string FaultOfWatch(const kafka::Place& place) {
    kafka::TopicOptions options;
    options.name = secrets;
    options.compacted = true;
    const kafka::Client asker = kafka::MakeConsumer(broker.settings());
    const auto inbox = std::make_shared<kafka::Inbox>();
    inbox->StartFrom(Offset{place.end});
    if (place.newest) inbox->SetNewest(*place.newest);
    if (place.anchor) inbox->SetAnchor(*place.anchor);
    std::atomic<int> looks{0};
    kafka::LogWatch watch(broker.settings(), asker.get(), options, "", 1,
                          std::chrono::milliseconds(20),
                          {[&] { ++looks; }, [](int) { return std::nullopt; }});
    watch.Join(0, inbox);
    // One look may have started already; the next one sees the handle, and has ended when another
    // begins.
    const int before = looks;
    for (const auto until = Clock::now() + kNotReached; looks < before + 2;) {
      if (Clock::now() >= until) return "no looks";
      std::this_thread::yield();
    }
    return watch.fault();
  }

  Broker& broker = Broker::Shared();
  const std::string topic = Broker::NewTopicName();
  const std::string secrets = topic + ".secrets";
  std::unique_ptr<KafkaSecretStore> store;
};

TEST_F(KafkaSecrets, AreTheSameOnEveryInstanceAndAfterARestart) {
  auto first = Opened(topic);
  auto second = Opened(topic);
  ASSERT_TRUE(first->Put("id-1", "secret 1").ok());
  ASSERT_TRUE(second->Put("id-2", "secret 2").ok());
  for (auto* one : {first.get(), second.get()}) {
    EXPECT_EQ(*one->Get("id-1"), "secret 1");
    EXPECT_EQ(*one->Get("id-2"), "secret 2");
    EXPECT_EQ(*one->Get("id-3"), std::nullopt);
  }
  ASSERT_TRUE(first->Erase("id-1").ok());
  EXPECT_EQ(*first->Get("id-1"), std::nullopt);
  ASSERT_TRUE(first->Put("id-4", "secret 4").ok());
  ASSERT_TRUE(first->Put("id-5", "secret 5").ok());
  // The second store has not been asked for them yet; it writes nothing for a secret that is gone.
  EXPECT_EQ(*second->EraseAll({"id-1", "id-3", "id-4", "id-5"}), 2);
  EXPECT_EQ(*first->EraseAll({"id-4", "id-5"}), 0);
  first.reset();
  second.reset();
  auto again = Opened(topic);
  EXPECT_EQ(*again->Get("id-1"), std::nullopt);
  EXPECT_EQ(*again->Get("id-4"), std::nullopt);
  EXPECT_EQ(*again->Get("id-2"), "secret 2");
}

// A person with the right to write to the topic could choose an admin's password.
TEST_F(KafkaSecrets, AnEntryThatDoesNotFitItsIdReplacesNoSecret) {
  Open();
  const std::string id = SecretIdOf("secret");
  ASSERT_TRUE(store->Put(id, "secret").ok());
  ASSERT_TRUE(store->Put(id, "of a stranger").ok());
  EXPECT_EQ(*store->Get(id), "secret");
  EXPECT_EQ(*Opened(topic)->Get(id), "secret");
}

// The topic of password hashes was deleted, and right passwords were refused as wrong.
TEST_F(KafkaSecrets, ADeletedTopicIsAFault) {
  Open();
  broker.DeleteTopic(secrets);
  ExpectFault(*store, secrets, "was deleted");
}

TEST_F(KafkaSecrets, ATopicMadeAnewIsAFaultAlsoWhenItIsLonger) {
  Open();
  broker.DeleteTopic(secrets);
  auto other = Opened(topic);
  for (const char* id : {"$log", "a", "b", "c", "d"}) ASSERT_TRUE(other->Put(id, "other").ok());
  const std::string fault = FaultOf(*store);
  EXPECT_TRUE(fault.find("holds another entry") != std::string::npos ||
              fault.find("made anew") != std::string::npos ||
              fault.find("was deleted") != std::string::npos)
      << fault;
}

TEST_F(KafkaSecrets, AddedPartitionsAreAFaultAndRefusedAtTheNextStart) {
  Open();
  broker.AddPartitions(secrets, 2);
  ExpectFault(*store, secrets, "has 2 partitions now, not 1");
  EXPECT_NE(WhyNotOpened(topic).message.find("has 2 partitions"), std::string::npos);
}

TEST_F(KafkaSecrets, SettingsThatWouldLoseSecretsAreAFault) {
  Open();
  broker.SetConfig(secrets, "cleanup.policy", "compact,delete");
  const std::string fault = FaultOf(*store);
  EXPECT_NE(fault.find("cleanup.policy=compact,delete"), std::string::npos) << fault;
  EXPECT_EQ(store->Get("id-1").error().code, ErrorCode::kUnavailable);
  EXPECT_NE(WhyNotOpened(topic).message.find("cleanup.policy=compact"), std::string::npos);
}

// The fault stayed until a restart.
TEST_F(KafkaSecrets, CorrectedSettingsAreNotAFaultAnyMore) {
  Open();
  broker.SetConfig(secrets, "cleanup.policy", "compact,delete");
  ASSERT_NE(FaultOf(*store), "none");
  broker.SetConfig(secrets, "cleanup.policy", "compact");
  const auto until = Clock::now() + kNotReached;
  while (!store->Fault().empty() && Clock::now() < until) std::this_thread::yield();
  ASSERT_EQ(store->Fault(), "");
  EXPECT_EQ(*store->Get("id-1"), "secret 1");
  EXPECT_TRUE(store->Put("id-2", "secret 2").ok());
}

TEST_F(KafkaSecrets, DamageIsNamedAtTheStart) {
  Open();
  const std::string segment = broker.FirstSegment(secrets, 0);
  std::fstream file(segment, std::ios::binary | std::ios::in | std::ios::out);
  const std::string bytes{std::istreambuf_iterator<char>(file), {}};
  ASSERT_NE(bytes.find("secret 1"), std::string::npos);
  file.seekp(static_cast<std::streamoff>(bytes.find("secret 1")));
  file << 'x' << std::flush;
  const std::string why = WhyNotOpened(topic).message;
  EXPECT_NE(why.find(secrets + " is damaged at 1"), std::string::npos) << why;
}

TEST_F(KafkaSecrets, CompactionIsNotAFault) {
  broker.MakeTopic(secrets, 1,
                   {{"cleanup.policy", "compact"},
                    {"segment.ms", "100"},
                    {"max.compaction.lag.ms", "100"},
                    {"delete.retention.ms", "604800000"},
                    {"min.cleanable.dirty.ratio", "0.0"},
                    {"unclean.leader.election.enable", "false"}});
  Open();
  const auto has_gap = [&] {
    KafkaLogOptions options = broker.OptionsOf(secrets);
    options.topic.compacted = true;
    const auto log = KafkaLog::Open(options);
    LogClient reader(**log);
    return reader.Until([&] { return reader.all.size() > 1; }) && reader.all[1].offset.value > 1;
  };
  const auto until = Clock::now() + kNotReached;
  do {
    ASSERT_TRUE(store->Put("id-1", "secret 1").ok());
  } while (!has_gap() && Clock::now() < until);
  ASSERT_LT(Clock::now(), until);
  EXPECT_EQ(FaultOf(*store, kTwoLooks), "none");
  EXPECT_EQ(*store->Get("id-1"), "secret 1");
  EXPECT_EQ(*Opened(topic)->Get("$log"), "the log's id");
  // Compaction removed this entry after it was read. It never removes the anchor.
  kafka::Place place{2, kafka::Fingerprint{Offset{1}, {}, {}}, std::nullopt};
  EXPECT_EQ(FaultOfWatch(place), "");
  std::swap(place.newest, place.anchor);
  EXPECT_NE(FaultOfWatch(place).find("holds another entry at 1"), std::string::npos);
}

// By this clock, days without a word from the topic pass between any two of its entries.
TEST_F(KafkaSecrets, ATopicThatIsReadAgainSaysTheSame) {
  auto options = broker.OptionsOf(topic);
  const auto day = std::make_shared<std::atomic<int64_t>>(0);
  options.clock = [day] { return Timestamp{*day * 86'400'000}; };
  auto opened = KafkaSecretStore::Open(options, {});
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  store = std::move(*opened);
  std::vector<std::string> told;
  store->OnChange([&](std::string_view id, const std::optional<std::string_view>& secret) {
    told.push_back(std::string(id) + (secret ? " put" : " erased"));
  });
  for (const std::string id : {"id-1", "id-2", "id-3"}) {
    ASSERT_TRUE(store->Put(id, "secret").ok());
    *day += 5;
  }
  ASSERT_TRUE(store->Erase("id-2").ok());
  *day += 5;
  ASSERT_TRUE(store->Put("id-3", "another").ok());
  ASSERT_TRUE(store->CatchUp().ok());
  store->OnChange(nullptr);
  EXPECT_EQ(told, (std::vector<std::string>{"id-1 put", "id-2 put", "id-3 put", "id-2 erased",
                                            "id-3 put"}));
  EXPECT_EQ(*store->Get("id-1"), "secret");
  EXPECT_EQ(*store->Get("id-2"), std::nullopt);
  EXPECT_EQ(*store->Get("id-3"), "another");
  EXPECT_EQ(FaultOf(*store, kTwoLooks), "none");
}

// Without a look of the watch: what the other topic does not hold must not count as gone.
TEST_F(KafkaSecrets, ASecondReadingOfAnotherTopicIsAFault) {
  Open();
  auto options = broker.OptionsOf(secrets);
  options.topic.compacted = true;
  options.watch_interval = std::chrono::hours(1);
  const auto log = KafkaLog::Open(options);
  ASSERT_TRUE(log.ok()) << log.error().message;
  LogClient reader(**log);
  ASSERT_TRUE(reader.Until([&] { return reader.all.size() == 2; }));
  store.reset();
  broker.DeleteTopic(secrets);
  auto other = Opened(topic);
  for (const char* id : {"a", "b", "c"}) ASSERT_TRUE(other->Put(id, "other").ok());
  reader.handle().Seek(Offset{0});
  ASSERT_TRUE(reader.UntilFault());
  EXPECT_NE(reader.fault->message.find("holds another entry at"), std::string::npos)
      << reader.fault->message;
  EXPECT_EQ(reader.all.size(), 2u) << "nothing of it is handed out";
}

TEST_F(KafkaSecrets, ATopicThatMustNotBeMadeIsNotFound) {
  const Error why = WhyNotOpened(topic, {.why_not_made = [] { return "it was deleted"; }});
  EXPECT_EQ(why.code, ErrorCode::kNotFound);
  EXPECT_EQ(why.message, "it was deleted");
  EXPECT_EQ(WhyNotOpened(topic, {.why_not_made = [] { return ""; }}), Error{});
}

TEST_F(KafkaSecrets, ATopicOfTheOldNameIsRefusedUntilItIsLeftOrCopied) {
  const std::string old = topic + ".credentials";
  broker.MakeTopic(old, 1, {{"cleanup.policy", "compact"}});
  const Error why = WhyNotOpened(topic);
  EXPECT_EQ(why.code, ErrorCode::kConflict);
  for (const std::string& words : {old, secrets, std::string("--adopt-secrets")}) {
    EXPECT_NE(why.message.find(words), std::string::npos) << why.message;
  }
  EXPECT_EQ(WhyNotOpened(topic, {.may_leave_old = true}), Error{});
  EXPECT_EQ(WhyNotOpened(topic), Error{});  // now both topics exist
}

}  // namespace
}  // namespace contacts::testing
