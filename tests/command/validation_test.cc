// Tables of good and bad values for metadata and names, with the exact faults.
#include "command/validation.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/command/validated.h"

namespace contacts::testing {
namespace {

FaultList FaultsOfMetadata(const std::string& json) {
  CreateContact create = Contact("a@x.org");
  create.fields.metadata = RawJson{json};
  return FaultsOf(create);
}

// An object with this many levels, the innermost an array.
std::string Nested(int levels) {
  return Times(levels - 1, "{\"a\":") + "[]" + Times(levels - 1, "}");
}

TEST(Metadata, HasAtMost16KiB) {
  const auto of_size = [](size_t size) { return "{\"a\":\"" + std::string(size - 8, 'x') + "\"}"; };
  ASSERT_EQ(of_size(16384).size(), 16384u);
  EXPECT_EQ(FaultsOfMetadata(of_size(16384)), FaultList{});
  EXPECT_EQ(FaultsOfMetadata(of_size(16385)),
            (FaultList{{"/metadata", "must have at most 16384 bytes without white space"}}));
}

TEST(Metadata, HasAtMost16Levels) {
  EXPECT_EQ(FaultsOfMetadata(Nested(16)), FaultList{});
  EXPECT_EQ(FaultsOfMetadata(Nested(17)),
            (FaultList{{"/metadata" + Times(16, "/a"), "must be nested at most 16 levels"}}));
}

TEST(Metadata, HoldsFiniteNumbersAnywhere) {
  EXPECT_EQ(FaultsOfMetadata(R"({"a":1e308,"b":-1.7976931348623157e308,"c":1e-999})"), FaultList{});
  EXPECT_EQ(
      FaultsOfMetadata(R"({"a":-0,"b":0e999,"c":5e-324,"d":[0.00001e313,-1E-9999999999999]})"),
      FaultList{});
  EXPECT_EQ(FaultsOfMetadata("{\"a\":" + Times(308, "9") + ",\"b\":0." + Times(9999, "0") + "1}"),
            FaultList{});
  EXPECT_EQ(
      FaultsOfMetadata("{\"a\":" + Times(310, "9") + ",\"b\":1.7976931348623159e308,\"c\":1}"),
      (FaultList{{"/metadata/a", "must be a finite number"},
                 {"/metadata/b", "must be a finite number"}}));
  EXPECT_EQ(FaultsOfMetadata(R"({"a":1e999})"),
            (FaultList{{"/metadata/a", "must be a finite number"}}));
  EXPECT_EQ(FaultsOfMetadata(R"({"list":[1,{"deep":[0,-1e400]}],"b":2e308})"),
            (FaultList{{"/metadata/list/1/deep/1", "must be a finite number"},
                       {"/metadata/b", "must be a finite number"}}));
}

TEST(Metadata, HoldsNoSurrogateWithoutItsPair) {
  EXPECT_EQ(FaultsOfMetadata(R"({"a":"\ud83d\udc69"})"), FaultList{});
  EXPECT_EQ(FaultsOfMetadata(R"({"a":["x","\ud83d"]})"),
            (FaultList{{"/metadata/a/1", "holds a surrogate without its pair"}}));
}

// A bug once: a lone surrogate in a name was taken, and stood in the path of a fault as bytes that
// are not UTF-8.
TEST(Metadata, HasNoNameWithASurrogateWithoutItsPair) {
  EXPECT_EQ(FaultsOfMetadata(R"({"\ud83d\udc69":1})"), FaultList{});
  EXPECT_EQ(FaultsOfMetadata(R"({"a":{"\ud83d":1e999}})"),
            (FaultList{{"/metadata/a/\\ud83d", "has a surrogate without its pair in its name"}}));
}

// A bug once: the path had the name as it is written, not decoded.
TEST(Metadata, FaultsNameTheMemberByItsDecodedName) {
  EXPECT_EQ(FaultsOfMetadata(R"({"\u0061\"b":1e999,"c/d~e":1e999})"),
            (FaultList{{"/metadata/a\"b", "must be a finite number"},
                       {"/metadata/c~1d~0e", "must be a finite number"}}));
}

// A bug once: a value that was too large was still walked, and each value in it had a path of its
// own, so that one body of 256 kB had gigabytes of faults.
TEST(Metadata, AboveItsSizeHasOneFaultOnly) {
  const FaultList too_large = {{"/metadata", "must have at most 16384 bytes without white space"}};
  EXPECT_EQ(FaultsOfMetadata("{\"a\":[1e999" + Times(4000, ",1e999") + "]}"), too_large);
  EXPECT_EQ(FaultsOfMetadata("{\"\\ud800" + Times(17'000, "x") + "\":\"\\ud800\"}"), too_large);
  EXPECT_EQ(FaultsOfMetadata("{\"a\":" + Nested(30) + ",\"b\":\"" + Times(17'000, "x") + "\"}"),
            too_large);
}

TEST(Metadata, NamesInPathsAreShortened) {
  const std::string name = Times(300, "n");
  EXPECT_EQ(FaultsOfMetadata("{\"" + name + "\":[0,1e999]}"),
            (FaultList{{"/metadata/" + Times(64, "n") + "/1", "must be a finite number"}}));
  EXPECT_EQ(FaultsOfMetadata("{\"\\u006e" + name + "\":[0,1e999]}"),
            (FaultList{{"/metadata/" + Times(64, "n") + "/1", "must be a finite number"}}));
}

TEST(Metadata, FaultsThatAreNotKeptAreCounted) {
  CreateContact create = Contact("a@x.org");
  create.fields.metadata = RawJson{"{\"a\":[1e999" + Times(1999, ",1e999") + "]}"};
  Faults faults;
  EXPECT_FALSE(Validate(&create, &faults));
  EXPECT_EQ(faults.count(), 2000u);
  EXPECT_EQ(faults.kept().size(), Faults::kMost);
}

TEST(CreateContactFaults, AllAreReportedTogether) {
  CreateContact create = Contact("jane");
  create.fields.full_name = " ";
  create.fields.phone =
      "\n1\x7F"
      "2";
  create.fields.title = Times(330, "\x01");
  create.fields.metadata = RawJson{R"({"n":1e999})"};
  EXPECT_EQ(FaultsOf(create),
            (FaultList{{"/fullName", "must not be empty"},
                       {"/email", "must be an e-mail address, as in jane@example.com"},
                       {"/phone", "must not hold control characters: U+007F at position 3"},
                       {"/title", "must not hold control characters: U+0001 at position 1"},
                       {"/title", "must have at most 320 characters, not 330"},
                       {"/metadata/n", "must be a finite number"}}));
}

TEST(CreateContactFaults, AreAddedToEarlierFaults) {
  CreateContact good = Contact("a@x.org");
  Faults faults;
  faults.Add("/type", "must be given");
  EXPECT_TRUE(Validate(&good, &faults));
  EXPECT_EQ(faults.count(), 1u);
}

TEST(AddUserFaults, NameAndRole) {
  EXPECT_EQ(FaultsOf(AddUser{" root ", " admin "}), FaultList{});
  EXPECT_EQ(FaultsOf(AddUser{Times(254, "x"), Times(64, kEnye)}), FaultList{});
  EXPECT_EQ(FaultsOf(AddUser{" ", ""}),
            (FaultList{{"/username", "must not be empty"}, {"/role", "must not be empty"}}));
  EXPECT_EQ(FaultsOf(AddUser{Times(255, "x"), Times(65, "x")}),
            (FaultList{{"/username", "must have at most 254 characters, not 255"},
                       {"/role", "must have at most 64 characters, not 65"}}));
}

TEST(AddUserFaults, TheFoldedNameIsNotTooLongEither) {
  EXPECT_EQ(FaultsOf(AddUser{Times(127, "\u0130"), "admin"}), FaultList{});
  EXPECT_EQ(FaultsOf(AddUser{Times(128, "\u0130"), "admin"}),
            (FaultList{{"/username", "must have at most 254 characters, not 256"}}));
}

TEST(AddUserFaults, TheNameIsAnIdentifier) {
  EXPECT_EQ(FaultsOf(AddUser{"J\u00DCRGEN", "admin"}), FaultList{});
  EXPECT_EQ(FaultsOf(AddUser{"jo@example.com", "admin"}), FaultList{});
  EXPECT_EQ(
      FaultsOf(AddUser{" jo\u200B", "ad\u202Emin"}),
      (FaultList{
          {"/username", "must hold letters, digits and visible ASCII only: U+200B at position 4"},
          {"/role",
           "must not hold bidirectional controls that are not paired: U+202E at position "
           "3"}}));
}

// An operator must be able to disable a user whose name was stored under older rules.
TEST(ChangeUserFaults, AnyStoredNameIsTaken) {
  for (const char* name : {"\u200B", "jo\u202E", "\uFFFE", "o\u2019brien"}) {
    EXPECT_EQ(FaultsOf(ChangeUser{name, std::nullopt, true}), FaultList{});
  }
}

TEST(IssueTokenFaults, TheNameCanBeSeen) {
  IssueToken issue;
  issue.name = "\u2800";
  EXPECT_EQ(FaultsOf(issue),
            (FaultList{{"/name",
                        "must have a character that can be seen, not only U+2800 at position "
                        "1"}}));
}

TEST(ChangeUserFaults, NameAndRole) {
  EXPECT_EQ(FaultsOf(ChangeUser{"root", std::nullopt, true}), FaultList{});
  EXPECT_EQ(FaultsOf(ChangeUser{"", " \t", std::nullopt}),
            (FaultList{{"/username", "must not be empty"}, {"/role", "must not be empty"}}));
  ChangeUser change{" root ", " member ", std::nullopt};
  Faults faults;
  ASSERT_TRUE(Validate(&change, &faults));
  EXPECT_EQ(change, (ChangeUser{"root", "member", std::nullopt}));
}

}  // namespace
}  // namespace contacts::testing
