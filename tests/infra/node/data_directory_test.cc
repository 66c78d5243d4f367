#include "infra/node/data_directory.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

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
  const std::string path_;
};

TEST_F(DataDirectoryTest, IsMadeForItsOwnerAlone) {
  const auto directory = DataDirectory::Open(path_);
  ASSERT_TRUE(directory.ok()) << directory.error().message;
  struct stat status = {};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0700u);
  EXPECT_EQ((*directory)->PathOf("log"), path_ + "/log");
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

TEST_F(DataDirectoryTest, WhatCannotBeMadeIsNamedWithTheCause) {
  const auto directory = DataDirectory::Open("/dev/null/data");
  ASSERT_FALSE(directory.ok());
  EXPECT_EQ(directory.error().code, ErrorCode::kUnavailable);
  EXPECT_EQ(directory.error().message,
            "Cannot make the directory /dev/null/data: Not a directory.");
}

TEST_F(DataDirectoryTest, TheOperationsAddressComesBackAndIsReadableByItsOwnerAlone) {
  const auto directory = DataDirectory::Open(path_);
  EXPECT_EQ(ReadOpsAddress(path_), std::nullopt);
  ASSERT_TRUE(WriteOpsAddress(path_, {"127.0.0.1:1", "old"}).ok());
  ASSERT_TRUE(WriteOpsAddress(path_, {"127.0.0.1:2", "token"}).ok());
  EXPECT_EQ(ReadOpsAddress(path_)->address, "127.0.0.1:2");
  EXPECT_EQ(ReadOpsAddress(path_)->token, "token");
  struct stat status = {};
  ASSERT_EQ(stat((path_ + "/ops.json").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
  std::ofstream(path_ + "/ops.json") << "{\"address\":1}";
  EXPECT_EQ(ReadOpsAddress(path_), std::nullopt);
}

}  // namespace
}  // namespace contacts
