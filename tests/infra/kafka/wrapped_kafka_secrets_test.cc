// Wrapped secrets in the topic of secrets, on a real broker.
#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>

#include "infra/kafka/kafka_secrets.h"
#include "tests/infra/keys/wrapped.h"
#include "tests/support/kafka/broker.h"

namespace contacts::testing {
namespace {

struct OnKafka {
  OnKafka(const std::string& topic, const MasterKeyFile& keys) {
    auto below = KafkaSecretStore::Open(Broker::Shared().OptionsOf(topic), {});
    if (!below.ok()) throw std::runtime_error(below.error().message);
    raw = below->get();
    auto opened = WrappedSecrets::Open(std::move(*below), keys);
    if (!opened.ok()) throw std::runtime_error(opened.error().message);
    store = std::move(*opened);
  }

  KafkaSecretStore* raw = nullptr;
  std::unique_ptr<WrappedSecrets> store;
};

TEST(WrappedKafkaSecrets, AreWrappedInTheTopicAndPlainOnEachInstance) {
  const std::string topic = Broker::NewTopicName();
  const std::string id = SecretIdOf(kHash);
  OnKafka first(topic, Keys({}));
  ASSERT_TRUE(first.store->Put(id, kHash).ok());
  OnKafka second(topic, Keys({1}));
  const auto done = second.store->WrapAll([](auto) { return false; });
  ASSERT_TRUE(done.ok()) << done.error().message;
  EXPECT_EQ(done->values, 1);
  EXPECT_EQ(*second.store->Get(id), kHash);
  EXPECT_EQ(seal::FormOf(**second.raw->Get(id)), seal::ValueForm::kWrapped);

  ASSERT_TRUE(first.store->CatchUp().ok());
  EXPECT_FALSE(first.store->Get(id).ok()) << "the first one has no key";
  first.store->Use(Keys({1}));
  EXPECT_EQ(*first.store->Get(id), kHash);
  EXPECT_THROW(OnKafka(topic, Keys({2})), std::runtime_error);
}

// A writer to the topic alters a wrapped value: also after a restart, when nobody remembers the
// right one, it is neither missing nor another password.
TEST(WrappedKafkaSecrets, AnAlteredEntryIsAFaultWithAName) {
  const std::string topic = Broker::NewTopicName();
  const std::string id = SecretIdOf(kHash);
  OnKafka instance(topic, Keys({1}));
  ASSERT_TRUE(instance.store->Put(id, kHash).ok());
  std::string value = **instance.raw->Get(id);
  value.back() = static_cast<char>(value.back() ^ 1);
  ASSERT_TRUE(instance.raw->Put(id, value).ok());
  OnKafka later(topic, Keys({1}));
  for (OnKafka* reader : {&instance, &later}) {
    EXPECT_FALSE(reader->store->Get(id).ok());
    EXPECT_NE(reader->store->Damage().find(id + ": its value was altered"), std::string::npos);
  }
}

}  // namespace
}  // namespace contacts::testing
