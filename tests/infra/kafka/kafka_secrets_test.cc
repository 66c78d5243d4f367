#include "infra/kafka/kafka_secrets.h"

#include <gtest/gtest.h>

#include "tests/support/kafka/broker.h"

namespace contacts::testing {
namespace {

std::unique_ptr<KafkaSecretStore> Opened(const std::string& topic) {
  auto store = KafkaSecretStore::Open(Broker::Shared().OptionsOf(topic));
  if (!store.ok()) throw std::runtime_error(store.error().message);
  return std::move(*store);
}

TEST(KafkaSecrets, AreTheSameOnEveryInstanceAndAfterARestart) {
  const std::string topic = Broker::NewTopicName();
  auto first = Opened(topic);
  auto second = Opened(topic);
  ASSERT_TRUE(first->Put("id-1", "secret 1").ok());
  ASSERT_TRUE(second->Put("id-2", "secret 2").ok());
  for (auto* store : {first.get(), second.get()}) {
    EXPECT_EQ(*store->Get("id-1"), "secret 1");
    EXPECT_EQ(*store->Get("id-2"), "secret 2");
    EXPECT_EQ(*store->Get("id-3"), std::nullopt);
  }
  ASSERT_TRUE(first->Erase("id-1").ok());
  EXPECT_EQ(*first->Get("id-1"), std::nullopt);
  first.reset();
  second.reset();
  auto again = Opened(topic);
  EXPECT_EQ(*again->Get("id-1"), std::nullopt);
  EXPECT_EQ(*again->Get("id-2"), "secret 2");
}

}  // namespace
}  // namespace contacts::testing
