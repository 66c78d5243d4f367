// The file of what was erased: each erasure once, in order, also after a crash, and of one log.
#include "infra/node/erasures_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>

#include "tests/projections/projected.h"
#include "tests/support/acme.h"

namespace contacts::testing {
namespace {

constexpr ContactId kErasedJane{1};

class ErasuresFileTest : public ::testing::Test {
 protected:
  ErasuresFileTest()
      : path_(std::filesystem::temp_directory_path() / ("erasures-" + std::to_string(getpid()))) {
    std::filesystem::remove(path_);
    log_.Opens()
        .Then("acme", Created(1, "Jane Doe", "jane@example.org"))
        .Then("acme", PersonErased{kErasedJane, {"7"}, Ground::kConsentWithdrawn})
        .Then("acme", Created(2, "Joe Doe", "joe@example.org"))
        .Then("acme", MonthErased{"2026-05"});
    Project(log_, &views_);
  }
  ~ErasuresFileTest() override { std::filesystem::remove(path_); }

  std::unique_ptr<ErasuresFile> Open() {
    auto file = ErasuresFile::Open(path_);
    EXPECT_TRUE(file.ok());
    return file.ok() ? std::move(*file) : nullptr;
  }
  std::string Text() const {
    std::ostringstream text;
    text << std::ifstream(path_).rdbuf();
    return text.str();
  }
  void Write(const std::string& text) const { std::ofstream(path_) << text; }
  std::string Whole() {
    EXPECT_TRUE(Open()->Complete(views_).ok());
    return Text();
  }

  const std::string path_;
  LogScript log_;
  MemoryViewStore views_;
};

TEST_F(ErasuresFileTest, HoldsIdsOnlyAndIsItsOwnersAlone) {
  const std::string text = Whole();
  EXPECT_EQ(text.substr(text.find('\n') + 1),
            R"({"tenant":"acme","sequence":2,"epoch":1,"contact":1,"actors":["7"],"ground":"b"})"
            "\n"
            R"({"tenant":"acme","sequence":4,"epoch":1,"actors":[],"monthsBefore":"2026-05"})"
            "\n");
  struct stat facts {};
  ASSERT_EQ(stat(path_.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600u);
}

TEST_F(ErasuresFileTest, AnErasureThatIsToldAgainIsThereOnce) {
  const std::string whole = Whole();
  const auto file = Open();
  file->Note(views_, {kAcme, Sequence{2}, kErasedJane, 1, {"7"}, {}});
  EXPECT_EQ(Text(), whole);
  EXPECT_EQ(file->Fault(), "");
}

TEST_F(ErasuresFileTest, AnErasureThatIsToldIsThere) {
  const auto file = Open();
  file->Note(views_, {kAcme, Sequence{2}, kErasedJane, 1, {"7"}, {}});
  const auto kept = ReadErasures(path_);
  ASSERT_TRUE(kept.ok());
  ASSERT_EQ(kept->all.size(), 1u);
  EXPECT_EQ(kept->all[0].position(), (Position{Sequence{2}, 1}));
  EXPECT_EQ(TextOf(*kept), Text());
  // The next start adds what comes after it.
  EXPECT_TRUE(file->Complete(views_).ok());
  EXPECT_EQ(ReadErasures(path_)->all.size(), 2u);
}

TEST_F(ErasuresFileTest, ALineThatACrashCutIsMadeAnew) {
  const std::string whole = Whole();
  for (size_t bytes = 0; bytes < whole.size(); ++bytes) {
    Write(whole.substr(0, bytes));
    EXPECT_EQ(Whole(), whole) << bytes;
  }
}

TEST_F(ErasuresFileTest, ALineThatWasEditedIsNamed) {
  const std::string whole = Whole();
  std::string edited = whole;
  edited.replace(edited.find("\"sequence\":2"), 12, "\"sequence\":x");
  for (const std::string& text : {edited, std::string("a list of mine\n"), whole + whole}) {
    Write(text);
    const auto file = ErasuresFile::Open(path_);
    ASSERT_FALSE(file.ok());
    EXPECT_NE(file.error().message.find("Line "), std::string::npos) << file.error().message;
    EXPECT_EQ(Text(), text) << "nothing was changed";
  }
}

TEST_F(ErasuresFileTest, TheFileOfAnotherLogIsRefused) {
  Write("{\"erasuresOf\":\"0190a7c0-0000-7000-8000-000000000000\"}\n");
  const auto file = Open();
  const auto whole = file->Complete(views_);
  ASSERT_FALSE(whole.ok());
  EXPECT_NE(whole.error().message.find("name another file"), std::string::npos);
  file->Note(views_, {kAcme, Sequence{2}, kErasedJane, 1, {}, {}});
  EXPECT_NE(file->Fault(), "");
}

TEST_F(ErasuresFileTest, WhatCannotBeWrittenIsToldAndWrittenLater) {
  const auto file = Open();
  file->Note(views_, {kAcme, Sequence{99}, kErasedJane, 1, {}, {}});
  EXPECT_NE(file->Fault().find("cannot be read"), std::string::npos);
  file->Note(views_, {kAcme, Sequence{2}, kErasedJane, 1, {}, {}});
  EXPECT_EQ(file->Fault(), "");
  EXPECT_FALSE(ErasuresFile::Open("/nowhere/erasures").ok());
}

}  // namespace
}  // namespace contacts::testing
