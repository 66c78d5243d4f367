#include "infra/base/log.h"

#include <gtest/gtest.h>

#include "events/json/json.h"

namespace contacts {
namespace {

std::string Text(std::string_view message, log::Fields fields) {
  return log::Line(log::Format::kText, "T", "info", message, fields);
}
std::string Json(std::string_view message, log::Fields fields) {
  return log::Line(log::Format::kJson, "T", "info", message, fields);
}

TEST(Log, TextIsNameAndValue) {
  EXPECT_EQ(Text("started", {{"listen", "127.0.0.1:1"}, {"cause", "two words"}, {"none", ""}}),
            "T info started listen=127.0.0.1:1 cause=\"two words\" none=\"\"");
}

TEST(Log, JsonHasOneMemberAField) {
  EXPECT_EQ(Json("started", {{"listen", "a"}, {"cause", "say \"no\""}}),
            R"({"time":"T","level":"info","message":"started","listen":"a","cause":"say \"no\""})");
}

TEST(Log, NoValueCanForgeALineOrMoveTheCursor) {
  const std::string nasty = std::string("a\nb\r\x1b[2J\x7f\xc2\x9b", 11) + '\0' + "\\";
  EXPECT_EQ(Text("m", {{"v", nasty}}),
            R"(T info m v="a\u000ab\u000d\u001b[2J\u007f\u009b\u0000\\")");
}

// U+202E in a name reversed the rest of the line.
TEST(Log, CharactersThatAreInvisibleOrTurnTheLineAreEscaped) {
  const std::string nasty = "a\u202Eb\u2069\u200B\u00A0\uFEFF\u2028\U000E0041";
  const std::string shown = "a\\u202eb\\u2069\\u200b\\u00a0\\ufeff\\u2028\\udb40\\udc41";
  EXPECT_EQ(Text(nasty, {}), "T info " + shown);
  EXPECT_EQ(Json("m", {{"v", nasty}}),
            R"({"time":"T","level":"info","message":"m","v":")" + shown + "\"}");
  EXPECT_EQ(Text("Zo\u00EB \u5F20", {}), "T info Zo\u00EB \u5F20");
}

TEST(Log, LinesBelowTheLevelAreNotWritten) {
  EXPECT_TRUE(log::Shows(log::Level::kInfo) && !log::Shows(log::Level::kDebug));
  log::ShowFrom(log::Level::kWarn);
  EXPECT_TRUE(log::Shows(log::Level::kWarn) && !log::Shows(log::Level::kInfo));
  log::ShowFrom(log::Level::kDebug);
  EXPECT_TRUE(log::Shows(log::Level::kDebug));
  log::ShowFrom(log::Level::kInfo);
}

TEST(Log, AnyBytesMakeValidJson) {
  for (const std::string bytes : {"\xff", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80",
                                  "\xe2\x82", "Zo\xc3\xab \xf0\x9f\x98\x80"}) {
    const std::string line = Json(bytes, {{"v", bytes}});
    EXPECT_TRUE(json::Document::Parse(line).ok()) << line;
  }
  EXPECT_NE(Json("Zo\xc3\xab", {}).find("Zo\xc3\xab"), std::string::npos);
}

}  // namespace
}  // namespace contacts
