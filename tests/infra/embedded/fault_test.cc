// Acknowledged entries survive; an entry that is not on disk yet is neither read nor acknowledged;
// nothing is written to a disk that failed once (trap 19 of the write rule).
#include "tests/infra/embedded/log_files.h"
#include "tests/support/fault_env.h"

namespace contacts::testing {
namespace {

std::vector<std::string> ValuesIn(rocksdb::Env* env) {
  EmbeddedLog log(OptionsOf(env));
  LogClient client(log);
  EXPECT_TRUE(
      client.Until([&] { return client.all.size() >= static_cast<size_t>(log.end(0).value); }));
  return client.Values();
}

TEST(Fault, AcknowledgedEntriesSurviveAPowerCut) {
  FaultEnv disk;
  {
    EmbeddedLog log(OptionsOf(disk.env()));
    LogClient client(log);
    client.Append({"a", "b"});
    ASSERT_TRUE(client.UntilReports(2));
    client.Append({"c"});
    ASSERT_TRUE(client.UntilReports(3));
    disk.CutPower();
  }
  disk.RestorePower();
  EXPECT_EQ(ValuesIn(disk.env()), (std::vector<std::string>{"a", "b", "c"}));
}

TEST(Fault, AFreshLogSurvivesAPowerCut) {
  FaultEnv disk;
  std::string id;
  {
    EmbeddedLog log(OptionsOf(disk.env(), 3));
    id = log.log_id();
    disk.CutPower();
  }
  disk.RestorePower();
  EmbeddedLog log(OptionsOf(disk.env(), 3));
  EXPECT_EQ(log.log_id(), id);
  for (int partition = 0; partition < 3; ++partition) EXPECT_EQ(log.end(partition), Offset{2});
}

TEST(Fault, NothingIsReadOrReportedBeforeItIsOnDisk) {
  FaultEnv disk;
  EmbeddedLog log(OptionsOf(disk.env()));
  LogClient writer(log);
  LogClient reader(log);
  ASSERT_TRUE(reader.AskEnd());
  HeldSyncs held(disk);
  writer.Append({"a"});
  ASSERT_TRUE(held.Wait());
  EXPECT_EQ(writer.PollOnce(), 1u);  // the opening record
  EXPECT_EQ(reader.PollOnce(), 0u);
  EXPECT_TRUE(writer.entries.empty());
  EXPECT_TRUE(reader.entries.empty());
  EXPECT_TRUE(writer.reports.empty());
  EXPECT_EQ(reader.AskEnd(), Offset{1});
  held.Release();
  ASSERT_TRUE(writer.UntilReports(1));
  ASSERT_TRUE(reader.UntilEntries(1));
}

TEST(Fault, EntriesThatWereReadSurviveAPowerCut) {
  FaultEnv disk;
  std::vector<std::string> seen;
  {
    EmbeddedLog log(OptionsOf(disk.env()));
    LogClient reader(log);
    LogClient writer(log);
    writer.Append({"a"});
    ASSERT_TRUE(reader.UntilEntries(1));
    HeldSyncs held(disk);
    writer.Append({"b"});
    ASSERT_TRUE(held.Wait());
    reader.PollOnce();
    seen = reader.Values();
    disk.CutPower();
    held.Release();
  }
  disk.RestorePower();
  const std::vector<std::string> there = ValuesIn(disk.env());
  ASSERT_GE(there.size(), seen.size());
  EXPECT_TRUE(std::equal(seen.begin(), seen.end(), there.begin()));
}

class BrokenDisk : public ::testing::TestWithParam<FaultyDisk::Fault> {
 protected:
  void Break() {
    GetParam() == FaultyDisk::Fault::kSyncsFail ? disk_.FailSyncs() : disk_.FailWrites();
  }
  FaultEnv disk_;
};

TEST_P(BrokenDisk, IsReportedAndWrittenNoMoreEvenWhenItHeals) {
  {
    EmbeddedLog log(OptionsOf(disk_.env()));
    LogClient client(log);
    LogClient reader(log);
    client.Append({"before"});
    ASSERT_TRUE(client.UntilReports(1));
    ASSERT_TRUE(reader.UntilEntries(1));

    Break();
    client.Append({"lost", "lost too"});
    ASSERT_TRUE(client.Until([&] { return client.reports.size() == 3; }));
    ASSERT_TRUE(client.UntilFault());
    ASSERT_TRUE(reader.UntilFault());
    EXPECT_NE(client.fault->message.find("the disk is broken"), std::string::npos)
        << client.fault->message;
    EXPECT_NE(client.fault->message.find("restart the process"), std::string::npos)
        << client.fault->message;

    disk_.Heal();
    client.Append({"after"});
    ASSERT_TRUE(client.Until([&] { return client.reports.size() == 4; }));
    for (size_t i = 1; i < 4; ++i) {
      EXPECT_EQ(client.reports[i].outcome, Delivery::kUnknown);
      EXPECT_FALSE(client.reports[i].reason.empty());
    }
    reader.PollOnce();
    EXPECT_EQ(reader.Values(), std::vector<std::string>{"before"});
    EXPECT_TRUE(reader.fault);
    disk_.CutPower();
  }
  disk_.RestorePower();
  const std::vector<std::string> there = ValuesIn(disk_.env());
  ASSERT_FALSE(there.empty());
  EXPECT_EQ(there[0], "before");
  EXPECT_EQ(std::count(there.begin(), there.end(), "after"), 0);
}

INSTANTIATE_TEST_SUITE_P(Faults, BrokenDisk,
                         ::testing::Values(FaultyDisk::Fault::kSyncsFail,
                                           FaultyDisk::Fault::kWritesFail));

TEST(Fault, ALogThatCannotTakeItsOpeningRecordIsNotOpened) {
  FaultEnv disk;
  MakeLog(disk.env(), 3);
  disk.FailSyncs();
  const std::string failure = OpenFailure(OptionsOf(disk.env()));
  EXPECT_NE(failure.find("the disk is broken"), std::string::npos) << failure;
}

TEST(Fault, AppendsThatWaitForOneSyncGoIntoTheNextTogether) {
  FaultEnv disk;
  EmbeddedLog log(OptionsOf(disk.env()));
  LogClient first(log);
  std::vector<std::unique_ptr<LogClient>> others;
  HeldSyncs held(disk);
  first.Append({"first"});
  ASSERT_TRUE(held.Wait());
  for (int i = 0; i < 50; ++i) {
    others.push_back(std::make_unique<LogClient>(log));
    others.back()->Append({"other " + std::to_string(i)});
  }
  const int before = disk.syncs();
  held.Release();
  for (auto& client : others) ASSERT_TRUE(client->UntilReports(1));
  EXPECT_EQ(disk.syncs() - before, 2);  // the sync that was held, and one for all the others
}

// RocksDB finds the damage when it merges its tables; the message called it a failed write and
// blamed the disk.
TEST(Fault, DamageThatRocksDbFindsWhileItWritesIsNamedAsDamage) {
  const std::unique_ptr<rocksdb::Env> env(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  for (int opened = 0; opened < 4; ++opened) {  // each leaves a table of several blocks
    EmbeddedLog log(OptionsOf(env.get()));
    LogClient client(log, 0, log.end(0));
    std::string value;
    for (int number = 0; value.size() < 200'000; ++number) value += std::to_string(number * number);
    client.Append({value, value, value});
    ASSERT_TRUE(client.UntilReports(3));
  }
  std::vector<std::string> names;
  ASSERT_TRUE(env->GetChildren(kDirectory, &names).ok());
  for (const std::string& name : names) {
    if (!name.ends_with(".sst")) continue;
    const std::string path = kDirectory + ("/" + name);
    std::string content;
    ASSERT_TRUE(ReadFileToString(env.get(), path, &content).ok());
    content[content.size() / 4] = static_cast<char>(content[content.size() / 4] ^ 0x40);
    ASSERT_TRUE(WriteStringToFile(env.get(), content, path).ok());
  }
  std::string said;
  try {
    EmbeddedLog log(OptionsOf(env.get()));
    LogClient client(log, 0, log.end(0));
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    for (size_t sent = 1; said.empty() && std::chrono::steady_clock::now() < deadline; ++sent) {
      client.Append({"new"});
      ASSERT_TRUE(client.UntilReports(sent));
      said = client.reports.back().reason;
    }
  } catch (const std::runtime_error& failure) {
    said = failure.what();
  }
  EXPECT_NE(said.find("the log in /log is damaged"), std::string::npos) << said;
  EXPECT_NE(said.find("estore the directory from a backup"), std::string::npos) << said;
  EXPECT_EQ(said.find("Mend the disk"), std::string::npos) << said;
}

}  // namespace
}  // namespace contacts::testing
