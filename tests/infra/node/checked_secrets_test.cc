#include "infra/node/checked_secrets.h"

#include <gtest/gtest.h>

#include <map>

#include "events/history.h"
#include "infra/embedded/embedded_log.h"
#include "tests/support/log_client.h"
#include "tests/support/temp_dir.h"

namespace contacts {
namespace {

using Secrets = std::map<std::string, std::string, std::less<>>;

// A store on `held`, which outlives it like a disk.
class StoreOf : public SecretStore {
 public:
  explicit StoreOf(Secrets& held) : held_(held) {}
  Result<bool> Put(std::string_view id, std::string_view secret) override {
    held_[std::string(id)] = secret;
    return true;
  }
  Result<std::optional<std::string>> Get(std::string_view id) override {
    const auto found = held_.find(id);
    return found == held_.end() ? std::nullopt : std::optional(found->second);
  }
  Result<bool> Erase(std::string_view id) override {
    held_.erase(std::string(id));
    return true;
  }
  Result<bool> Scan(std::string_view prefix, const Visit& visit) override {
    for (const auto& [id, secret] : held_) {
      if (id.starts_with(prefix)) visit(id, secret);
    }
    return true;
  }
  void OnChange(Changed) override {}

 private:
  Secrets& held_;
};

class CheckedSecretsTest : public ::testing::Test {
 protected:
  std::unique_ptr<CheckedSecrets> Open(bool has_history, bool adopts = false) {
    auto opened = CheckedSecrets::Open(std::make_unique<StoreOf>(held_),
                                       {"this log", [=] { return has_history; }, adopts});
    return std::move(*opened);
  }
  static void ExpectRefused(CheckedSecrets& store, const std::string& words) {
    EXPECT_NE(store.Fault().find(words), std::string::npos) << store.Fault();
    EXPECT_NE(store.Fault().find("--adopt-secrets"), std::string::npos) << store.Fault();
    const Result<std::optional<std::string>> known = store.Get("id");
    ASSERT_FALSE(known.ok());
    EXPECT_EQ(known.error().code, ErrorCode::kUnavailable);
    // All callers get the same error, which tells nothing about the store.
    EXPECT_EQ(store.Get(kNobodysSecret).error(), known.error());
    EXPECT_EQ(known.error().message.find(words), std::string::npos);
    EXPECT_EQ(store.Put("id", "secret").error(), known.error());
    EXPECT_EQ(store.Erase("id").error(), known.error());
    EXPECT_EQ(store.PutAll({{"id", "secret"}}).error(), known.error());
    EXPECT_EQ(store.CatchUp().error(), known.error());
    // A store that is lost must not look like one without keys.
    EXPECT_EQ(store.Scan("", [](auto, auto) {}).error(), known.error());
  }

  Secrets held_;
};

TEST_F(CheckedSecretsTest, ANewStoreOfANewLogIsMarkedAndKeepsSecrets) {
  const std::string id = SecretIdOf("secret");
  ASSERT_TRUE(Open(/*has_history=*/false)->Put(id, "secret").ok());
  const auto again = Open(/*has_history=*/true);
  EXPECT_EQ(again->Fault(), "");
  EXPECT_EQ(*again->Get(id), "secret");
  EXPECT_EQ(again->Warning(), "");
}

// A lost store was recreated without a warning, and right passwords were called wrong.
TEST_F(CheckedSecretsTest, AStoreThatWasLostIsNotTakenForANewOne) {
  ExpectRefused(*Open(/*has_history=*/true), "no mark of this log");
  EXPECT_TRUE(held_.empty());
}

TEST_F(CheckedSecretsTest, TheStoreOfAnotherLogIsNamed) {
  held_["$log"] = "another log";
  ExpectRefused(*Open(/*has_history=*/true), "belongs to the log another log");
  EXPECT_EQ(Open(/*has_history=*/false)->Fault(), "");  // no user of this log has a password yet
}

TEST_F(CheckedSecretsTest, TheOperatorCanAdoptIt) {
  held_["$log"] = "another log";
  held_["id"] = "secret";
  const auto adopted = Open(/*has_history=*/true, /*adopts=*/true);
  EXPECT_EQ(adopted->Fault(), "");
  EXPECT_EQ(*adopted->Get("id"), "secret");
  EXPECT_EQ(Open(/*has_history=*/true)->Fault(), "");
}

TEST_F(CheckedSecretsTest, AStoreThatIsGoneRefusesEverything) {
  ExpectRefused(*CheckedSecrets::Lost("the topic is gone"), "the topic is gone");
}

TEST_F(CheckedSecretsTest, AMissingSecretIsReportedToTheOperatorUntilItIsBack) {
  const auto store = Open(/*has_history=*/false);
  const std::string id = SecretIdOf("secret");
  EXPECT_EQ(*store->Get(kNobodysSecret), std::nullopt);
  EXPECT_EQ(store->Warning(), "");
  EXPECT_EQ(*store->Get(id), std::nullopt);
  EXPECT_NE(store->Warning().find(id), std::string::npos) << store->Warning();
  ASSERT_TRUE(store->Put(id, "secret").ok());
  EXPECT_EQ(*store->Get(id), "secret");
  EXPECT_EQ(store->Warning(), "");
}

// A log-in that had read its user just before a new password raised a false alarm.
TEST_F(CheckedSecretsTest, ASecretThatWasErasedHereIsNotReportedAsMissing) {
  const auto store = Open(/*has_history=*/false);
  const std::string one = SecretIdOf("one");
  const std::string other = SecretIdOf("other");
  ASSERT_TRUE(store->Put(one, "one").ok() && store->Put(other, "other").ok());
  ASSERT_TRUE(store->Erase(one).ok() && store->EraseAll({other}).ok());
  EXPECT_EQ(*store->Get(one), std::nullopt);
  EXPECT_EQ(*store->Get(other), std::nullopt);
  EXPECT_EQ(store->Warning(), "");
  ASSERT_TRUE(store->Put(one, "one").ok());
  held_.erase(one);
  EXPECT_EQ(*store->Get(one), std::nullopt);
  EXPECT_NE(store->Warning().find(one), std::string::npos) << "it was there again";
}

// An attacker who could write to the store could give an admin a password of the attacker's.
TEST_F(CheckedSecretsTest, ASecretThatWasReplacedIsNotHandedOut) {
  const auto store = Open(/*has_history=*/false);
  const std::string id = SecretIdOf("secret");
  held_[id] = "secret of a stranger";
  EXPECT_EQ(*store->Get(id), std::nullopt);
  EXPECT_NE(store->Warning().find(id), std::string::npos) << store->Warning();
}

TEST_F(CheckedSecretsTest, ALogHoldsRecordsOnceSomethingReadsAsOne) {
  testing::TempDir dir;
  EmbeddedLogOptions options;
  options.directory = dir / "log";
  options.partitions = 2;
  EmbeddedLog log(options);
  constexpr std::chrono::seconds kTime{30};
  EXPECT_FALSE(*HoldsRecords(log, kTime));
  const TenantId acme{"acme"};
  testing::LogClient client(log, PartitionOf(acme, 2));
  client.Append({"what a stranger wrote"});
  ASSERT_TRUE(client.UntilReports(1));
  EXPECT_FALSE(*HoldsRecords(log, kTime));
  client.Append({R"({"tenant":"acme","sequence":1,"previous":")" + std::string(64, '0') + R"("})"});
  ASSERT_TRUE(client.UntilReports(2));
  EXPECT_TRUE(*HoldsRecords(log, kTime));
}

}  // namespace
}  // namespace contacts
