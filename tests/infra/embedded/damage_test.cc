// Damage of the embedded log is detected and named, never skipped.
#include <algorithm>

#include "tests/infra/embedded/log_files.h"

namespace contacts::testing {
namespace {

class Damage : public ::testing::Test {
 protected:
  // Makes ten entries, changes their rows, and starts a reader at the beginning.
  void After(const std::function<void(rocksdb::DB&)>& change) {
    MakeLog(env_.get(), 10);
    Tamper(env_.get(), change);
    log_ = std::make_unique<EmbeddedLog>(OptionsOf(env_.get()));
    client_ = std::make_unique<LogClient>(*log_);
  }
  void ExpectFaultAt(int64_t offset, const std::string& what) {
    ASSERT_TRUE(client_->UntilFault());
    const std::string message = client_->fault->message;
    EXPECT_NE(message.find("partition 0, offset " + std::to_string(offset) + " " + what),
              std::string::npos)
        << message;
    EXPECT_NE(message.find(kDirectory), std::string::npos) << message;
    EXPECT_NE(message.find("restore the directory from a backup"), std::string::npos) << message;
    // All entries before it were handed out; none from there on ever is.
    EXPECT_EQ(client_->all.size(), static_cast<size_t>(offset));
    EXPECT_EQ(client_->PollOnce(), 0u);
    EXPECT_TRUE(client_->fault);
  }

  const std::unique_ptr<rocksdb::Env> env_{rocksdb::NewMemEnv(rocksdb::Env::Default())};
  std::unique_ptr<EmbeddedLog> log_;
  std::unique_ptr<LogClient> client_;
};

TEST_F(Damage, AnyFlippedByteOfAnEntryIsNamed) {
  MakeLog(env_.get(), 3);
  std::string row;
  Tamper(env_.get(), [&](rocksdb::DB& db) { row = RowAt(db, 2); });
  ASSERT_GT(row.size(), 30u);
  for (size_t at = 0; at < row.size(); ++at) {
    std::string flipped = row;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x10);
    EXPECT_FALSE(embedded::DecodeEntry("log", 0, Offset{2}, flipped)) << at;
  }
  Tamper(env_.get(), [&](rocksdb::DB& db) {
    row.back() ^= 1;
    PutRow(db, 2, row);
  });
  log_ = std::make_unique<EmbeddedLog>(OptionsOf(env_.get()));
  client_ = std::make_unique<LogClient>(*log_);
  ExpectFaultAt(2, "is not what was written there");
}

TEST_F(Damage, AMissingEntryIsNamed) {
  After([](rocksdb::DB& db) { db.Delete({}, embedded::EntryKey(0, Offset{4})); });
  ExpectFaultAt(4, "is missing");
}

TEST_F(Damage, AMissingRangeIsNamedAtItsBegin) {
  After([](rocksdb::DB& db) {
    for (int64_t i = 0; i < 10; ++i) db.Delete({}, embedded::EntryKey(0, Offset{i}));
  });
  ExpectFaultAt(0, "is missing");
}

TEST_F(Damage, SwappedEntriesAreNamed) {
  After([](rocksdb::DB& db) {
    const std::string three = RowAt(db, 3);
    PutRow(db, 3, RowAt(db, 6));
    PutRow(db, 6, three);
  });
  ExpectFaultAt(3, "is not what was written there");
}

TEST_F(Damage, AnEntryOfAnotherLogIsNamed) {
  const std::unique_ptr<rocksdb::Env> other(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  MakeLog(other.get(), 10);
  std::string foreign;
  Tamper(other.get(), [&](rocksdb::DB& db) { foreign = RowAt(db, 5); });
  After([&](rocksdb::DB& db) { PutRow(db, 5, foreign); });
  ExpectFaultAt(5, "is not what was written there");
}

TEST_F(Damage, ReadersPastTheDamageAndAppendsOfOthersGoOn) {
  After([](rocksdb::DB& db) { db.Delete({}, embedded::EntryKey(0, Offset{4})); });
  ExpectFaultAt(4, "is missing");
  LogClient later(*log_, 0, Offset{5});
  later.Append({"new"});
  ASSERT_TRUE(later.UntilReports(1));
  EXPECT_EQ(later.reports[0].outcome, Delivery::kStored);
  client_->Append({"from a handle that knows"});
  ASSERT_TRUE(client_->Until([&] { return client_->reports.size() == 1; }));
  EXPECT_EQ(client_->reports[0].outcome, Delivery::kUnknown);
}

TEST_F(Damage, ALogWithoutItsLastEntryIsNotOpened) {
  MakeLog(env_.get(), 10);
  Tamper(env_.get(), [](rocksdb::DB& db) { db.Delete({}, embedded::EntryKey(0, Offset{10})); });
  const std::string failure = OpenFailure(OptionsOf(env_.get()));
  EXPECT_NE(failure.find("offset 10 is missing"), std::string::npos) << failure;
}

TEST_F(Damage, ALogThatGoesOnAfterItsEndIsNotOpened) {
  MakeLog(env_.get(), 10);
  Tamper(env_.get(),
         [](rocksdb::DB& db) { db.Put({}, embedded::EndKey(0), embedded::EncodeEnd(Offset{7})); });
  const std::string failure = OpenFailure(OptionsOf(env_.get()));
  EXPECT_NE(failure.find("partition 0 goes on after its end"), std::string::npos) << failure;
}

TEST_F(Damage, ALogWithoutEndOrIdentityIsNotOpened) {
  MakeLog(env_.get(), 10);
  std::string identity;
  Tamper(env_.get(), [&](rocksdb::DB& db) {
    ASSERT_TRUE(db.Get({}, std::string(embedded::kIdentityKey), &identity).ok());
    db.Delete({}, embedded::EndKey(0));
  });
  std::string failure = OpenFailure(OptionsOf(env_.get()));
  EXPECT_NE(failure.find("partition 0 has no end"), std::string::npos) << failure;
  Tamper(env_.get(), [](rocksdb::DB& db) { db.Delete({}, std::string(embedded::kIdentityKey)); });
  failure = OpenFailure(OptionsOf(env_.get()));
  EXPECT_NE(failure.find("its identity is missing"), std::string::npos) << failure;
  Tamper(env_.get(), [&](rocksdb::DB& db) {
    db.Put({}, std::string(embedded::kIdentityKey), identity.substr(1));
  });
  failure = OpenFailure(OptionsOf(env_.get()));
  EXPECT_NE(failure.find("its identity does not read"), std::string::npos) << failure;
}

// Bytes flipped in RocksDB's own files: acknowledged entries are read unchanged, or the log says
// where it is damaged; it never silently gets shorter or different.
struct FileKind {
  std::string in_name;
  size_t stride;
};

class FlippedFile : public ::testing::TestWithParam<FileKind> {
 protected:
  static constexpr int kEntries = 6;

  static std::vector<std::string> FilesLike(rocksdb::Env* env, const std::string& part) {
    std::vector<std::string> names, files;
    EXPECT_TRUE(env->GetChildren(kDirectory, &names).ok());
    for (const std::string& name : names) {
      if (name.find(part) != std::string::npos) files.push_back(kDirectory + ("/" + name));
    }
    return files;
  }
  // Opens the log and reads it to its end; true: damage was reported.
  static bool FindsDamage(rocksdb::Env* env, std::vector<std::string>* values) {
    try {
      EmbeddedLogOptions options = OptionsOf(env);
      options.access = EmbeddedLogOptions::Access::kReadOnly;
      EmbeddedLog log(options);
      LogClient client(log);
      const auto end = static_cast<size_t>(log.end(0).value);
      client.Until([&] { return client.fault || client.all.size() >= end; });
      *values = client.Values();
      return client.fault.has_value();
    } catch (const std::runtime_error&) {
      return true;
    }
  }
};

TEST_P(FlippedFile, IsNoticed) {
  const std::unique_ptr<rocksdb::Env> env(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  MakeLog(env.get(), kEntries);
  if (GetParam().in_name == ".sst") {
    Tamper(env.get(), [](rocksdb::DB& db) { ASSERT_TRUE(db.Flush({}).ok()); });
  }
  std::vector<std::string> intact;
  ASSERT_FALSE(FindsDamage(env.get(), &intact));
  ASSERT_EQ(intact.size(), static_cast<size_t>(kEntries));
  int noticed = 0;
  for (const std::string& file : FilesLike(env.get(), GetParam().in_name)) {
    std::string content;
    ASSERT_TRUE(ReadFileToString(env.get(), file, &content).ok());
    for (size_t at = 0; at < content.size(); at += GetParam().stride) {
      std::string flipped = content;
      flipped[at] = static_cast<char>(flipped[at] ^ 0x40);
      ASSERT_TRUE(WriteStringToFile(env.get(), flipped, file).ok());
      std::vector<std::string> values;
      if (FindsDamage(env.get(), &values)) {
        ++noticed;
      } else {
        EXPECT_EQ(values, intact) << file << " flipped at " << at << " of " << content.size();
      }
    }
    ASSERT_TRUE(WriteStringToFile(env.get(), content, file).ok());
  }
  EXPECT_GT(noticed, 5);
}

TEST_P(FlippedFile, OrCutIsNoticed) {
  const std::unique_ptr<rocksdb::Env> env(rocksdb::NewMemEnv(rocksdb::Env::Default()));
  MakeLog(env.get(), kEntries);
  if (GetParam().in_name == ".sst") {
    Tamper(env.get(), [](rocksdb::DB& db) { ASSERT_TRUE(db.Flush({}).ok()); });
  }
  for (const std::string& file : FilesLike(env.get(), GetParam().in_name)) {
    std::string content;
    ASSERT_TRUE(ReadFileToString(env.get(), file, &content).ok());
    for (size_t size = 0; size < content.size(); size += GetParam().stride) {
      ASSERT_TRUE(WriteStringToFile(env.get(), content.substr(0, size), file).ok());
      std::vector<std::string> values;
      EXPECT_TRUE(FindsDamage(env.get(), &values))
          << file << " cut to " << size << ": " << ::testing::PrintToString(values);
    }
    ASSERT_TRUE(WriteStringToFile(env.get(), content, file).ok());
  }
}

INSTANTIATE_TEST_SUITE_P(RocksDb, FlippedFile,
                         ::testing::Values(FileKind{".sst", 11}, FileKind{".log", 1},
                                           FileKind{"MANIFEST", 3}, FileKind{"CURRENT", 1}),
                         [](const auto& kind) {
                           std::string name = kind.param.in_name;
                           std::erase(name, '.');
                           return name;
                         });

// Without the file of acknowledged ends, the end of the write-ahead log would be lost silently.
TEST_F(Damage, ALostEndThatHadBeenAcknowledgedIsNoticed) {
  MakeLog(env_.get(), 6);
  std::vector<std::string> names;
  ASSERT_TRUE(env_->GetChildren(kDirectory, &names).ok());
  for (const std::string& name : names) {
    if (!name.ends_with(".log")) continue;
    const std::string path = kDirectory + ("/" + name);
    std::string content;
    ASSERT_TRUE(ReadFileToString(env_.get(), path, &content).ok());
    if (content.empty()) continue;
    content.resize(content.size() - 1);
    ASSERT_TRUE(WriteStringToFile(env_.get(), content, path).ok());
  }
  const std::string failure = OpenFailure(OptionsOf(env_.get()));
  EXPECT_NE(failure.find("partition 0 ends at offset 1, but entries up to offset 6 had been "
                         "acknowledged"),
            std::string::npos)
      << failure;
}

// Trap 19 of the write rule: RocksDB's other ways to recover silently drop everything after the
// damage, or only the damaged batch.
TEST_F(Damage, InTheMiddleOfTheWriteAheadLogKeepsTheLogFromOpening) {
  {
    EmbeddedLog log(OptionsOf(env_.get()));
    LogClient client(log);
    for (size_t i = 1; i <= 4; ++i) {
      client.Append({"value " + std::to_string(i)});
      ASSERT_TRUE(client.UntilReports(i));
    }
  }
  ASSERT_TRUE(env_->DeleteFile(kDirectory + std::string("/acknowledged")).ok());
  int flipped = 0;
  std::vector<std::string> names;
  ASSERT_TRUE(env_->GetChildren(kDirectory, &names).ok());
  for (const std::string& name : names) {
    if (!name.ends_with(".log")) continue;
    const std::string path = kDirectory + ("/" + name);
    std::string content;
    ASSERT_TRUE(ReadFileToString(env_.get(), path, &content).ok());
    const size_t at = content.find("value 2");
    if (at == std::string::npos) continue;
    content[at] ^= 1;
    ++flipped;
    ASSERT_TRUE(WriteStringToFile(env_.get(), content, path).ok());
  }
  ASSERT_EQ(flipped, 1);
  const std::string failure = OpenFailure(OptionsOf(env_.get()));
  EXPECT_NE(failure.find("is damaged"), std::string::npos) << failure;
}

// Only a log that never acknowledged an entry may be lost as a whole.
TEST_F(Damage, AnAcknowledgedLogIsNotMadeAnew) {
  MakeLog(env_.get(), 2);
  std::vector<std::string> names;
  ASSERT_TRUE(env_->GetChildren(kDirectory, &names).ok());
  for (const std::string& name : names) {
    if (name == "acknowledged") continue;
    ASSERT_TRUE(env_->DeleteFile(kDirectory + ("/" + name)).ok());
  }
  const std::string failure = OpenFailure(OptionsOf(env_.get()));
  EXPECT_NE(failure.find("its identity is missing"), std::string::npos) << failure;
}

// The file of acknowledged ends is used only if its seal is right.
TEST_F(Damage, AnUnreadableFileOfAcknowledgedEndsIsNotDamage) {
  MakeLog(env_.get(), 2);
  ASSERT_TRUE(WriteStringToFile(env_.get(), std::string(24, '\xff'), "/log/acknowledged").ok());
  EXPECT_EQ(OpenFailure(OptionsOf(env_.get())), "");
}

}  // namespace
}  // namespace contacts::testing
