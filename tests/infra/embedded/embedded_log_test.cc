#include "infra/embedded/embedded_log.h"

#include "events/opening.h"
#include "events/rows/row_archive.h"
#include "events/values/hash.h"
#include "tests/infra/embedded/log_files.h"

namespace contacts::testing {
namespace {

class EmbeddedLogTest : public ::testing::Test {
 protected:
  std::vector<LogEntry> AllOf(EmbeddedLog& log, int partition) {
    LogClient client(log, partition);
    const auto end = static_cast<size_t>(log.end(partition).value);
    EXPECT_TRUE(client.Until([&] { return client.all.size() >= end; }));
    return client.all;
  }
  const std::unique_ptr<rocksdb::Env> env_{rocksdb::NewMemEnv(rocksdb::Env::Default())};
};

TEST_F(EmbeddedLogTest, EachStartAppendsAnOpeningRecordToEachPartition) {
  std::string id;
  for (int64_t start = 1; start <= 2; ++start) {
    EmbeddedLog log(OptionsOf(env_.get(), 3));
    if (start == 1) id = log.log_id();
    EXPECT_EQ(log.log_id(), id);
    for (int partition = 0; partition < 3; ++partition) {
      const auto entries = AllOf(log, partition);
      ASSERT_EQ(entries.size(), static_cast<size_t>(start));
      for (const LogEntry& entry : entries) {
        const auto opening = DecodeOpening(entry.key, entry.value);
        ASSERT_TRUE(opening.ok());
        EXPECT_EQ(*opening, (Opening{id, partition, 3, kLogFormat}));
      }
    }
  }
}

TEST_F(EmbeddedLogTest, PartitionsShareNoEntries) {
  EmbeddedLog log(OptionsOf(env_.get(), 2));
  LogClient zero(log, 0);
  LogClient one(log, 1);
  zero.Append({"a", "b"});
  one.Append({"c"});
  ASSERT_TRUE(zero.UntilEntries(2));
  ASSERT_TRUE(one.UntilEntries(1));
  EXPECT_EQ(zero.Values(), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(one.Values(), std::vector<std::string>{"c"});
  EXPECT_EQ(zero.entries[1].offset, Offset{2});
  EXPECT_EQ(one.entries[0].offset, Offset{1});
  EXPECT_EQ(zero.reports.size(), 2u);
}

TEST_F(EmbeddedLogTest, TheNumberOfPartitionsCannotChange) {
  { EmbeddedLog log(OptionsOf(env_.get(), 2)); }
  EXPECT_EQ(OpenFailure(OptionsOf(env_.get(), 3)),
            "the log in /log has 2 partitions, not 3; the number can never change");
  EmbeddedLog as_it_is(OptionsOf(env_.get(), 0));
  EXPECT_EQ(as_it_is.partitions(), 2);
}

TEST_F(EmbeddedLogTest, AppendTimesNeverGoBackwards) {
  EmbeddedLogOptions options = OptionsOf(env_.get());
  const auto log_at = [&](int64_t now) {
    options.clock = [now] { return Timestamp{now}; };
    EmbeddedLog log(options);
    return AllOf(log, 0).back().appended;
  };
  EXPECT_EQ(log_at(5000), Timestamp{5000});
  EXPECT_EQ(log_at(3000), Timestamp{5000});
  EXPECT_EQ(log_at(6000), Timestamp{6000});
}

TEST_F(EmbeddedLogTest, TheSameDirectoryIsNotOpenedTwice) {
  EmbeddedLog log(OptionsOf(env_.get()));
  const std::string failure = OpenFailure(OptionsOf(env_.get()));
  EXPECT_NE(failure.find("is another process using it"), std::string::npos) << failure;
}

TEST_F(EmbeddedLogTest, AReadOnlyLogStaysAsItWasAndTakesNoEntry) {
  MakeLog(env_.get(), 3);
  EmbeddedLogOptions options = OptionsOf(env_.get(), 0);
  options.access = EmbeddedLogOptions::Access::kReadOnly;
  {
    EmbeddedLog log(options);
    LogClient client(log);
    ASSERT_TRUE(client.UntilEntries(3));
    EXPECT_EQ(client.AskEnd(), Offset{4});
    client.Append({"no"});
    ASSERT_TRUE(client.UntilReports(1));
    EXPECT_EQ(client.reports[0].outcome, Delivery::kDenied);
    EXPECT_FALSE(client.reports[0].reason.empty());
  }
  EmbeddedLog again(options);
  EXPECT_EQ(again.end(0), Offset{4});
}

TEST_F(EmbeddedLogTest, ReadingALogThatIsNotThereSaysSo) {
  EmbeddedLogOptions options = OptionsOf(env_.get());
  options.access = EmbeddedLogOptions::Access::kReadOnly;
  EXPECT_EQ(OpenFailure(options), "there is no log in /log");
}

TEST_F(EmbeddedLogTest, AFormatOfANewerBuildIsRefused) {
  MakeLog(env_.get(), 1);
  Tamper(env_.get(), [](rocksdb::DB& db) {
    const embedded::LogIdentity newer{embedded::kDirectoryFormat + 1, "log-1", 1};
    ASSERT_TRUE(db.Put({}, std::string(embedded::kIdentityKey), ToRow(newer)).ok());
  });
  const std::string failure = OpenFailure(OptionsOf(env_.get()));
  EXPECT_NE(failure.find("has format 3, this build knows 2"), std::string::npos) << failure;
}

TEST_F(EmbeddedLogTest, ALogInPlainTextIsRefusedWithWhatToDo) {
  MakeLog(env_.get(), 1);
  Tamper(env_.get(), [](rocksdb::DB& db) {
    const embedded::LogIdentity older{1, "log-1", 1};
    ASSERT_TRUE(db.Put({}, std::string(embedded::kIdentityKey), ToRow(older)).ok());
  });
  EXPECT_EQ(OpenFailure(OptionsOf(env_.get())),
            "the log in /log has format 1, whose records hold personal data in plain text; this "
            "build reads format 2 only, and there is no upgrade. Start with a new log: another "
            "--data directory");
}

TEST_F(EmbeddedLogTest, OpeningRecordsNameTheEpochOfTheLog) {
  MakeLog(env_.get(), 1);
  Tamper(env_.get(), [](rocksdb::DB& db) {
    ASSERT_TRUE(db.Put({}, std::string(embedded::kEpochKey), embedded::EncodeEpoch(3)).ok());
  });
  EmbeddedLog log(OptionsOf(env_.get()));
  LogClient client(log);
  ASSERT_TRUE(
      client.Until([&] { return client.all.size() == static_cast<size_t>(log.end(0).value); }));
  std::vector<int64_t> epochs;
  for (const LogEntry& entry : client.all) {
    if (const auto opening = DecodeOpening(entry.key, entry.value)) {
      epochs.push_back(EpochOf(*opening));
    }
  }
  EXPECT_EQ(epochs, (std::vector<int64_t>{1, 3}));
}

// The bytes on disk: they may only change together with the format.
TEST(EntryCodec, RowsAreTheBytesOfTheGrammar) {
  using namespace std::string_literals;
  const LogEntry entry{Offset{258}, Timestamp{259}, "acme", "{}"};
  const std::string key = embedded::EntryKey(1, entry.offset);
  EXPECT_EQ(key, "e\0\0\0\x01\0\0\0\0\0\0\x01\x02"s);
  const std::string content = "\0\0\0\0\0\0\x01\x03\0\0\0\x04"s + "acme{}";
  const Hash hash = Sha256("log-1" + key + content);
  const std::string seal(reinterpret_cast<const char*>(hash.bytes.data()), 16);
  EXPECT_EQ(embedded::EncodeEntry("log-1", 1, entry), seal + content);
  EXPECT_EQ(embedded::EndKey(1), "n\0\0\0\x01"s);
  EXPECT_EQ(embedded::EncodeEnd(Offset{258}), "\0\0\0\0\0\0\x01\x02"s);
  EXPECT_EQ(embedded::EncodeEpoch(258), "\0\0\0\0\0\0\x01\x02"s);
}

TEST_F(EmbeddedLogTest, AHandleMayGoWhileItsEntriesAreInFlight) {
  EmbeddedLog log(OptionsOf(env_.get()));
  for (int i = 0; i < 50; ++i) LogClient(log).Append({"v" + std::to_string(i)});
  LogClient reader(log);
  EXPECT_TRUE(reader.UntilEntries(50));
}

}  // namespace
}  // namespace contacts::testing
