#include "infra/base/secret_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace contacts {
namespace {

class SecretFileTest : public ::testing::Test {
 protected:
  SecretFileTest()
      : directory_(std::filesystem::temp_directory_path() /
                   ("contacts-secrets-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(directory_);
  }
  ~SecretFileTest() override { std::filesystem::remove_all(directory_); }

  std::string Write(const std::string& text) {
    const std::string path = (directory_ / "secrets").string();
    std::ofstream(path) << text;
    return path;
  }

  const std::filesystem::path directory_;
};

TEST_F(SecretFileTest, OneSecretALineInOrder) {
  EXPECT_EQ(*ReadSecrets(Write("new one\n\nold one\r\nno line feed")),
            (std::vector<std::string>{"new one", "old one", "no line feed"}));
}

TEST_F(SecretFileTest, AMissingOrEmptyFileIsNamed) {
  const std::string missing = (directory_ / "none").string();
  EXPECT_NE(ReadSecrets(missing).error().message.find(missing), std::string::npos);
  const std::string empty = Write("\n\n");
  EXPECT_NE(ReadSecrets(empty).error().message.find(empty), std::string::npos);
}

// The mark was part of the first secret, so that no other program verified signatures made with it.
TEST_F(SecretFileTest, AByteOrderMarkIsRefused) {
  const std::string path = Write("\uFEFFsecret\n");
  EXPECT_EQ(ReadSecrets(path).error().message,
            path + " begins with a byte order mark (U+FEFF); save it as UTF-8 without one.");
}

TEST_F(SecretFileTest, AMissingFileIsMadeOnceForItsOwnerAlone) {
  const std::string path = (directory_ / "made").string();
  const auto made = ReadOrMakeSecrets(path);
  ASSERT_TRUE(made.ok()) << made.error().message;
  EXPECT_EQ(made->size(), 1u);
  EXPECT_EQ(made->front().size(), 64u);
  EXPECT_EQ(*ReadOrMakeSecrets(path), *made);
  struct stat status = {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777u, 0600u);
  EXPECT_NE(*ReadOrMakeSecrets((directory_ / "other").string()), *made);
}

TEST_F(SecretFileTest, AFileThatOthersCanWriteIsRefused) {
  const std::string path = Write("secret\n");
  chmod(path.c_str(), 0644);  // a mounted secret may have to be readable
  EXPECT_TRUE(ReadSecrets(path).ok());
  chmod(path.c_str(), 0602);
  EXPECT_NE(ReadSecrets(path).error().message.find("can be written by all users"),
            std::string::npos);
}

TEST_F(SecretFileTest, AFileThatIsNotTextIsRefused) {
  EXPECT_EQ(ReadSecrets(directory_.string()).error().message,
            directory_.string() + " is a directory; name a file.");
  const std::string path = Write(std::string("s\0e\0c\0", 6));
  EXPECT_EQ(ReadSecrets(path).error().message,
            path + " is UTF-16; save it as UTF-8 without a mark.");
}

// Each of these secrets was accepted without a warning.
TEST_F(SecretFileTest, SecretsThatAreHardlyMeantMakeDoubts) {
  const std::string good(32, 's');
  const auto doubts_of = [&](const std::string& text) {
    const std::string path = Write(text);
    chmod(path.c_str(), 0600);
    EXPECT_TRUE(ReadSecrets(path).ok()) << text;
    std::string said;
    for (const SecretDoubt& doubt : DoubtsOfSecrets(path)) {
      EXPECT_FALSE(doubt.todo.empty());
      said += std::to_string(doubt.line) + ": " + doubt.what + "\n";
    }
    return said;
  };
  EXPECT_EQ(doubts_of(good + "\r\n" + good + "\n\n"), "");
  EXPECT_EQ(doubts_of("c2VjcmV0IHNlY3JldCBzZWNyZXQgc2VjcmV0IHM9==\n"), "");  // Base64
  EXPECT_EQ(doubts_of(good + "\n" + good.substr(1)),
            "2: the secret has 31 bytes, so that it may be guessed\n");
  EXPECT_EQ(doubts_of("# " + good), "1: the line looks like a comment, and is a secret\n");
  EXPECT_EQ(doubts_of("// " + good), "1: the line looks like a comment, and is a secret\n");
  EXPECT_EQ(doubts_of("SESSION_SECRET=" + good),
            "1: the line looks like key=value, and is a secret as a whole\n");
  EXPECT_EQ(doubts_of(good + " \n"),
            "1: white space at an end of the line is part of the secret\n");
  EXPECT_EQ(doubts_of(good + "\n\n\n" + good + "\n"),
            "2: an empty line stands before or between secrets\n");
  const std::string open = Write(good);
  chmod(open.c_str(), 0640);
  ASSERT_EQ(DoubtsOfSecrets(open).size(), 1u);
  EXPECT_EQ(DoubtsOfSecrets(open)[0].todo, "Use mode 0600.");
}

TEST_F(SecretFileTest, AMissingFolderIsAnError) {
  const auto made = ReadOrMakeSecrets((directory_ / "none" / "made").string());
  ASSERT_FALSE(made.ok());
  EXPECT_NE(made.error().message.find("none"), std::string::npos);
}

}  // namespace
}  // namespace contacts
