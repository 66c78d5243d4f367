#include "infra/keys/master_keys.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <string>

#include "tests/support/temp_dir.h"

namespace contacts::testing {
namespace {

const std::string kOne(64, '1');
const std::string kTwo(64, '2');

class MasterKeyFiles : public ::testing::Test {
 protected:
  Result<MasterKeyFile> Read(const std::string& text, mode_t mode = 0600) {
    std::ofstream(path_) << text;
    chmod(path_.c_str(), mode);
    return ReadMasterKeys(path_);
  }
  std::string WhyNot(const std::string& text, mode_t mode = 0600) {
    const auto read = Read(text, mode);
    return read.ok() ? "" : read.error().message;
  }

  TempDir dir_;
  const std::string path_ = dir_.path() + "/master";
};

TEST_F(MasterKeyFiles, TheFirstLineWraps) {
  const auto keys = Read(kOne + "\n\n" + kTwo + "\r\n");
  ASSERT_TRUE(keys.ok());
  EXPECT_EQ(keys->keys.size(), 2u);
  EXPECT_TRUE(keys->keys.IsFirst(seal::MasterKeys::IdOf(*seal::MasterKeyFrom(kOne))));
  EXPECT_TRUE(ReadMasterKeys("")->keys.empty());
}

TEST_F(MasterKeyFiles, AFaultNamesTheFileAndNothingOfItsText) {
  for (const std::string& text :
       {kOne + "\n" + "secret-" + kTwo + "\n", kOne.substr(1), "secret " + kOne}) {
    const std::string why = WhyNot(text);
    EXPECT_NE(why.find(path_), std::string::npos) << why;
    EXPECT_NE(why.find("64 hexadecimal digits"), std::string::npos) << why;
    EXPECT_EQ(why.find("111"), std::string::npos) << why;
    EXPECT_EQ(why.find("secret"), std::string::npos) << why;
  }
  EXPECT_NE(WhyNot(kOne + "\nx\n").find("Key 2"), std::string::npos);
}

TEST_F(MasterKeyFiles, AMissingEmptyOrUnsafeFileIsRefused) {
  const auto missing = ReadMasterKeys(path_ + "-none");
  ASSERT_FALSE(missing.ok());
  EXPECT_NE(missing.error().message.find("--master-key-file"), std::string::npos);
  EXPECT_NE(missing.error().message.find(path_ + "-none"), std::string::npos);
  EXPECT_NE(WhyNot("\n").find("There is no secret in"), std::string::npos);
  EXPECT_NE(WhyNot(kOne, 0666).find("can be written by all users"), std::string::npos);
}

}  // namespace
}  // namespace contacts::testing
