// Key trees in the topic of secrets, on a real broker.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <thread>

#include "infra/kafka/kafka_secrets.h"
#include "infra/keys/stored_keys.h"
#include "tests/support/eventually.h"
#include "tests/support/kafka/broker.h"

namespace contacts::testing {
namespace {

using seal::Leaf;
using seal::TreeId;

const TenantId kAcme{"acme"};
const Leaf kJane{42};
const Leaf kJo{43};

struct KeysOnKafka {
  explicit KeysOnKafka(const std::string& topic) {
    auto opened = KafkaSecretStore::Open(Broker::Shared().OptionsOf(topic), {});
    if (!opened.ok()) throw std::runtime_error(opened.error().message);
    store = std::move(*opened);
    auto made = StoredKeys::Open(*store, keyring, {});
    if (!made.ok()) throw std::runtime_error(made.error().message);
    keys = std::move(*made);
  }

  std::unique_ptr<KafkaSecretStore> store;
  seal::Keyring keyring;
  std::unique_ptr<StoredKeys> keys;
};

class KafkaKeys : public ::testing::Test {
 protected:
  std::string WhyNotOpened() {
    const auto store = KafkaSecretStore::Open(broker.OptionsOf(topic), {});
    return store.ok() ? "" : store.error().message;
  }

  Broker& broker = Broker::Shared();
  const std::string topic = Broker::NewTopicName();
  const std::string secrets = topic + ".secrets";
};

// An erasure counted on another instance only once that instance was asked for something missing.
TEST_F(KafkaKeys, WhatOneInstanceErasesIsErasedOnAllWithoutAQuestion) {
  KeysOnKafka one(topic);
  KeysOnKafka other(topic);
  const TreeId tree = *one.keys->EnsureTree(kAcme);
  ASSERT_TRUE(Eventually([&] { return other.keyring.Has(kAcme, tree); }));
  EXPECT_EQ(*other.keys->EnsureTree(kAcme), tree);
  const auto key = one.keyring.Find(kAcme, tree, kJo).key;
  ASSERT_TRUE(key);
  EXPECT_EQ(other.keyring.Find(kAcme, tree, kJo).key, key);
  ASSERT_TRUE(other.keys->Erase(kAcme, kJane).ok());
  EXPECT_TRUE(Eventually([&] { return one.keyring.IsFullyErased(kAcme, tree, kJane); }));
  EXPECT_TRUE(one.keyring.Find(kAcme, tree, kJane).erased);
  EXPECT_EQ(one.keyring.Find(kAcme, tree, kJo).key, key);
  KeysOnKafka later(topic);
  EXPECT_TRUE(later.keyring.Find(kAcme, tree, kJane).erased);
  EXPECT_EQ(later.keyring.Find(kAcme, tree, kJo).key, key);
  EXPECT_EQ(later.keys->Fault(), "");
}

TEST_F(KafkaKeys, ADeletedTopicIsAFaultAndErasesNothing) {
  KeysOnKafka one(topic);
  const TreeId tree = *one.keys->EnsureTree(kAcme);
  broker.DeleteTopic(secrets);
  ASSERT_TRUE(Eventually([&] { return !one.store->Fault().empty(); }));
  EXPECT_NE(one.store->Fault().find(secrets), std::string::npos);
  EXPECT_TRUE(one.keyring.Find(kAcme, tree, kJane).key);
  const uint64_t asked = one.keyring.AskForAll();
  ASSERT_TRUE(Eventually([&] { return !one.keys->Fault().empty(); }));
  EXPECT_FALSE(one.keyring.HasAll(asked)) << "a store that is lost answers no question";
}

TEST_F(KafkaKeys, SettingsThatKeepWhatIsErasedAreRefused) {
  EXPECT_EQ(WhyNotOpened(), "");  // a start makes the topic with settings that it takes
  EXPECT_EQ(WhyNotOpened(), "");
  for (const auto& [key, value] :
       std::vector<std::pair<std::string, std::string>>{{"segment.ms", "604800000"},
                                                        {"max.compaction.lag.ms", "3600001"},
                                                        {"min.compaction.lag.ms", "1"},
                                                        {"delete.retention.ms", "604799999"}}) {
    broker.SetConfig(secrets, "cleanup.policy", "compact");
    ASSERT_EQ(WhyNotOpened(), "");
    broker.SetConfig(secrets, key, value);
    const std::string why = WhyNotOpened();
    EXPECT_NE(why.find(secrets + " has " + key + "=" + value), std::string::npos) << why;
  }
}

}  // namespace
}  // namespace contacts::testing
