#include "infra/node/data_directory.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "infra/node/own_files.h"

namespace contacts {
namespace {

class DataDirectoryTest : public ::testing::Test {
 protected:
  DataDirectoryTest()
      : path_((std::filesystem::temp_directory_path() /
               ("contacts-data-" + std::to_string(getpid())) / "deep")
                  .string()) {}
  ~DataDirectoryTest() override {
    std::filesystem::remove_all(std::filesystem::path(path_).parent_path());
  }
  mode_t ModeOf(const std::string& name) const {
    struct stat status = {};
    EXPECT_EQ(stat((path_ + "/" + name).c_str(), &status), 0) << name;
    return status.st_mode & 07777u;
  }

  const std::string path_;
};

TEST_F(DataDirectoryTest, IsMadeForItsOwnerAlone) {
  const auto directory = DataDirectory::Open(path_);
  ASSERT_TRUE(directory.ok()) << directory.error().message;
  EXPECT_EQ(ModeOf("."), 0700u);
  EXPECT_EQ((*directory)->PathOf("log"), path_ + "/log");
}

// `contacts status --data /tmp`, as root, closed /tmp to all other users.
TEST_F(DataDirectoryTest, RefusesADirectoryWithFilesOfOthers) {
  std::filesystem::create_directories(path_);
  std::filesystem::permissions(path_, std::filesystem::perms(0755));
  std::ofstream(path_ + "/letter.txt") << "x";
  const auto refused = DataDirectory::Open(path_);
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("holds files, none of them of contacts"),
            std::string::npos);
  EXPECT_EQ(ModeOf("."), 0755u);
  EXPECT_FALSE(std::filesystem::exists(path_ + "/lock"));
  std::filesystem::remove(path_ + "/letter.txt");
  std::filesystem::create_directory(path_ + "/lost+found");  // a disk of its own
  EXPECT_TRUE(DataDirectory::Open(path_).ok());
  std::filesystem::remove(path_ + "/lock");
  std::ofstream(path_ + "/kafka.conf") << "x";  // private already, so no user loses anything
  EXPECT_TRUE(DataDirectory::Open(path_).ok());
}

TEST_F(DataDirectoryTest, KnowsThatItWasRemovedOrRenamed) {
  const auto directory = DataDirectory::Open(path_);
  ASSERT_TRUE(directory.ok());
  EXPECT_TRUE((*directory)->IsThere());
  std::filesystem::rename(path_, path_ + "-older");
  EXPECT_FALSE((*directory)->IsThere());
  std::filesystem::create_directory(path_);
  std::ofstream(path_ + "/lock") << "another";
  EXPECT_FALSE((*directory)->IsThere());
  std::filesystem::remove_all(path_);
  std::filesystem::rename(path_ + "-older", path_);
  EXPECT_TRUE((*directory)->IsThere());
}

TEST_F(DataDirectoryTest, IsUsedByOneAtATime) {
  {
    const auto first = DataDirectory::Open(path_);
    const auto second = DataDirectory::Open(path_);
    ASSERT_FALSE(second.ok());
    EXPECT_EQ(second.error().code, ErrorCode::kConflict);
    EXPECT_NE(second.error().message.find(path_), std::string::npos);
  }
  EXPECT_TRUE(DataDirectory::Open(path_).ok());
}

TEST_F(DataDirectoryTest, ADirectoryThatCannotBeMadeIsNamedWithTheCause) {
  const auto directory = DataDirectory::Open("/dev/null/data");
  ASSERT_FALSE(directory.ok());
  EXPECT_EQ(directory.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(directory.error().message,
            "Cannot make the directory /dev/null/data: Not a directory.");
}

TEST_F(DataDirectoryTest, TheOperationsAddressIsReadBackAndOnlyItsOwnerCanOpenIt) {
  const auto directory = DataDirectory::Open(path_);
  EXPECT_EQ(ReadOpsAddress(path_), std::nullopt);
  ASSERT_TRUE(WriteOpsAddress(**directory, {"127.0.0.1:1", "old"}).ok());
  ASSERT_TRUE(WriteOpsAddress(**directory, {"127.0.0.1:2", "token"}).ok());
  EXPECT_EQ(ReadOpsAddress(path_)->address, "127.0.0.1:2");
  EXPECT_EQ(ReadOpsAddress(path_)->token, "token");
  EXPECT_EQ(ModeOf("ops.json"), 0600u);
  std::ofstream(path_ + "/ops.json") << "{\"address\":1}";
  EXPECT_EQ(ReadOpsAddress(path_), std::nullopt);
}

TEST_F(DataDirectoryTest, TheOperationsAddressOfAnEarlierBuildHasNoFront) {
  const auto directory = DataDirectory::Open(path_);
  std::ofstream(path_ + "/ops.json") << R"({"address":"127.0.0.1:1","token":"token","holder":")"
                                     << (*directory)->holder() << "\"}\n";
  const auto address = ReadOpsAddress(path_);
  ASSERT_TRUE(address.has_value());
  EXPECT_EQ(address->address, "127.0.0.1:1");
  EXPECT_FALSE(address->front.has_value());
}

// After kill -9 the file stayed, and a later command sent its password to any program that listened
// there.
TEST_F(DataDirectoryTest, TheAddressOfAServerThatIsGoneDoesNotCount) {
  std::string left;
  {
    const auto killed = DataDirectory::Open(path_);
    ASSERT_TRUE(WriteOpsAddress(**killed, {"127.0.0.1:1", "token"}).ok());
    std::getline(std::ifstream(path_ + "/ops.json"), left);
  }
  const auto next = DataDirectory::Open(path_);
  EXPECT_FALSE(std::filesystem::exists(path_ + "/ops.json"));
  std::ofstream(path_ + "/ops.json") << left;
  EXPECT_EQ(ReadOpsAddress(path_), std::nullopt);
  EXPECT_EQ(HolderOf(path_), " (pid " + std::to_string(getpid()) + ")");
}

TEST_F(DataDirectoryTest, OwnFilesThatOthersCouldOpenAreClosedAndForeignFilesStayAsTheyAre) {
  std::filesystem::create_directories(path_ + "/log/deep");
  for (const char* name : {"session-secret", "log/000001.sst", "log/deep/x", "notes", "logs"}) {
    std::ofstream(path_ + "/" + name) << "x";
    chmod((path_ + "/" + name).c_str(), 0664);
  }
  chmod((path_ + "/log").c_str(), 0775);
  chmod(path_.c_str(), 0755);
  ASSERT_TRUE(DataDirectory::Open(path_).ok());
  for (const char* name : {".", "log", "log/deep"}) EXPECT_EQ(ModeOf(name), 0700u) << name;
  for (const char* name : {"lock", "session-secret", "log/000001.sst", "log/deep/x"}) {
    EXPECT_EQ(ModeOf(name), 0600u) << name;
  }
  for (const char* name : {"notes", "logs"}) EXPECT_EQ(ModeOf(name), 0664u) << name;
}

TEST_F(DataDirectoryTest, AnotherUsersDirectoryIsRefused) {
  const bool root = geteuid() == 0;
  if (root) {
    std::filesystem::create_directories(path_);
    ASSERT_EQ(chown(path_.c_str(), 65534, 65534), 0);
  }
  const auto directory = DataDirectory::Open(root ? path_ : "/");
  ASSERT_FALSE(directory.ok());
  EXPECT_EQ(directory.error().code, ErrorCode::kUnavailable);
  EXPECT_NE(directory.error().message.find(root ? "belongs to nobody (uid 65534)" : "root (uid 0)"),
            std::string::npos);
}

TEST_F(DataDirectoryTest, ALookAtItsFilesChangesNothing) {
  ASSERT_TRUE(DataDirectory::Open(path_).ok());
  EXPECT_FALSE(LookAtOwnFiles(path_, geteuid()).open);
  EXPECT_TRUE(LookAtOwnFiles(path_, geteuid()).foreign.empty());
  chmod((path_ + "/lock").c_str(), 0644);
  std::ofstream(path_ + "/notes") << "not a file of ours";
  EXPECT_TRUE(LookAtOwnFiles(path_, geteuid()).open);
  EXPECT_EQ(ModeOf("lock"), 0644u);
  if (geteuid() == 0) return;  // root gives its files away
  const OwnFiles of_another = LookAtOwnFiles(path_, geteuid() + 1);
  ASSERT_EQ(of_another.foreign.size(), 1u);
  EXPECT_EQ(of_another.foreign[0].find(path_ + "/lock belongs to "), 0u);
}

}  // namespace
}  // namespace contacts
