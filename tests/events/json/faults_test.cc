#include "events/json/faults.h"

#include <gtest/gtest.h>

#include <string>

#include "events/json/json.h"

namespace contacts {
namespace {

using Paths = std::vector<std::string>;

Paths PathsOf(const Faults& faults) {
  Paths paths;
  for (const FieldFault& fault : faults.kept()) paths.push_back(fault.path);
  return paths;
}

size_t BytesInJson(const Faults& faults) {
  std::string json;
  for (const FieldFault& fault : faults.kept()) {
    json += "{\"path\":,\"message\":},";
    json::AppendString(fault.path, &json);
    json::AppendString(fault.message, &json);
  }
  return json.size();
}

TEST(JsonPath, SpellsThePointerOut) {
  const JsonPath root;
  const JsonPath outer{&root, "a/b~c"};
  const JsonPath inner{&outer, "\\u0061\\n"};
  const JsonPath decoded{&outer, "\\u0061\\n", JsonPath::Spelling::kWritten};
  EXPECT_EQ(root.Pointer(), "");
  EXPECT_EQ(inner.Pointer(), "/a~1b~0c/\\u0061\\n");
  EXPECT_EQ(decoded.Pointer(), "/a~1b~0c/a\n");
  const JsonPath data{nullptr, "/data"};
  EXPECT_EQ((JsonPath{&data, ""}.Pointer()), "/data/");
}

TEST(JsonPath, ShortensEachNameBetweenCharacters) {
  const JsonPath root;
  const std::string plain = "a" + std::string(100'000, 'b');
  EXPECT_EQ((JsonPath{&root, plain}.Pointer()), "/" + plain.substr(0, 64));
  std::string euros = "a", pairs = "a", euro = "\u20ac", shown = "/a";
  for (int i = 0; i < 1000; ++i) euros += euro;
  for (int i = 0; i < 21; ++i) shown += euro;
  EXPECT_EQ((JsonPath{&root, euros}.Pointer()), shown);
  std::string written = "a";
  for (int i = 0; i < 1000; ++i) written += "\\u20ac";
  EXPECT_EQ((JsonPath{&root, written, JsonPath::Spelling::kWritten}.Pointer()), shown);
}

// A bug once: a path held the whole names of its parents, so that 32 levels with names of 8 kB were
// 256 kB for each fault.
TEST(JsonPath, LeavesOutTheNamesThatDoNotFit) {
  const JsonPath root;
  const std::string name(60, 'n');
  std::vector<JsonPath> levels(32);
  for (size_t i = 0; i < levels.size(); ++i) levels[i] = {i == 0 ? &root : &levels[i - 1], name};
  const std::string four = "/" + name + "/" + name + "/" + name + "/" + name;
  EXPECT_EQ(levels[3].Pointer(), four);
  EXPECT_EQ(levels[4].Pointer(), four + "/…");
  EXPECT_EQ(levels[31].Pointer(), four + "/…");
}

TEST(Faults, JoinsTheMessage) {
  Faults faults;
  EXPECT_TRUE(faults.empty());
  faults.Add(JsonPath{nullptr, "/a"}, {"must be ", "a string", ", not ", "null"});
  faults.Add(JsonPath{nullptr, "/b"}, "is required");
  EXPECT_EQ(faults.kept(),
            (std::vector<FieldFault>{{"/a", "must be a string, not null"}, {"/b", "is required"}}));
  EXPECT_EQ(faults.count(), 2u);
  EXPECT_FALSE(faults.empty());
}

TEST(Faults, ShowInvisibleCharacters) {
  Faults faults;
  faults.Add(JsonPath{nullptr, "/full\u200BName"}, {"not ", "\u202Ex\u00AD"});
  EXPECT_EQ(faults.kept(), (std::vector<FieldFault>{{"/fullU+200BName", "not U+202ExU+00AD"}}));
}

TEST(Faults, CountsWhatItDoesNotKeep) {
  Faults faults;
  for (int i = 0; i < 20'000; ++i) faults.Add("/" + std::to_string(i), "is wrong");
  EXPECT_EQ(faults.count(), 20'000u);
  ASSERT_EQ(faults.kept().size(), Faults::kMost);
  EXPECT_EQ(faults.kept().back().path, "/49");
}

// Each control character takes six bytes in JSON.
TEST(Faults, AreBoundedAsTheyStandInJson) {
  const JsonPath root;
  const std::string controls(200, '\x01');
  Faults faults;
  for (int i = 0; i < 1000; ++i) faults.Add(JsonPath{&root, controls}, {controls, controls});
  EXPECT_EQ(faults.count(), 1000u);
  EXPECT_GE(faults.kept().size(), 2u);
  EXPECT_LE(BytesInJson(faults), Faults::kMostBytes);
  EXPECT_EQ(faults.kept().front().path.size(), 1u + 6 * json::kShortName);
  EXPECT_EQ(faults.kept().front().message.size(), 6 * Faults::kMostMessage);
}

TEST(Faults, TheLargestOneIsKept) {
  const JsonPath root;
  const std::string controls(300, '\x01');
  std::vector<JsonPath> levels(5);
  for (size_t i = 0; i < levels.size(); ++i) {
    levels[i] = {i == 0 ? &root : &levels[i - 1], controls};
  }
  Faults faults;
  faults.Add(levels.back(), controls);
  EXPECT_EQ(faults.kept().size(), 1u);
}

TEST(Faults, InsideAFaultyValueAreNotReported) {
  Faults faults, more;
  faults.Add("/metadata", "wrong");
  more.Add("/metadata", "again");
  more.Add("/metadata/a", "inside");
  more.Add("/metadata2", "other");
  more.Add("/metadata2", "and another");
  faults.AddOthers(more);
  EXPECT_EQ(PathsOf(faults), (Paths{"/metadata", "/metadata2", "/metadata2"}));
  EXPECT_EQ(faults.count(), 3u);
}

TEST(Faults, OthersAreCountedAndBounded) {
  Faults faults, more;
  for (int i = 0; i < 30; ++i) faults.Add("/a" + std::to_string(i), "wrong");
  for (int i = 0; i < 100; ++i) more.Add("/b" + std::to_string(i), "wrong");
  faults.AddOthers(more);
  EXPECT_EQ(faults.count(), 130u);
  ASSERT_EQ(faults.kept().size(), Faults::kMost);
  EXPECT_EQ(faults.kept().back().path, "/b19");
}

}  // namespace
}  // namespace contacts
