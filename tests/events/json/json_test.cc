#include "events/json/json.h"

#include <gtest/gtest.h>

namespace contacts::json {
namespace {

using namespace std::string_literals;

std::string Nested(int depth) { return std::string(depth, '[') + std::string(depth, ']'); }

// The message of the error; "": the text is JSON.
std::string Fault(std::string_view text) {
  const auto document = Document::Parse(text);
  if (document) return "";
  EXPECT_EQ(document.error().code, ErrorCode::kBadRequest);
  EXPECT_NE(document.error().message, "");
  return document.error().message;
}

TEST(Json, TakesWhatRfc8259Takes) {
  for (const std::string& text : {"null"s,
                                  "true"s,
                                  "false"s,
                                  "0"s,
                                  "-0"s,
                                  "7"s,
                                  "-12"s,
                                  "10"s,
                                  "0.0"s,
                                  "-0.50"s,
                                  "1e0"s,
                                  "1E+10"s,
                                  "1e-999"s,
                                  "1e999"s,
                                  "12.5E05"s,
                                  "123456789012345678901234567890"s,
                                  "\"\""s,
                                  "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e4\\uABCD\""s,
                                  "\"\x7f\""s,
                                  "\"\u00E4\u20AC\U0001F600\""s,
                                  "\"\u2028\""s,
                                  "\"\\ud83d\\ude00\""s,
                                  "\"\\ud800\""s,
                                  "\"\\udc00\\ud800\""s,
                                  "\"\\u0000\""s,
                                  "[]"s,
                                  "{}"s,
                                  " \t\r\n[ \t\r\n] \t\r\n"s,
                                  "[1,[2,{\"a\":[]}],{}]"s,
                                  "{\"\":1}"s,
                                  "{ \"a\" : 1 , \"b\" : { } }"s,
                                  "{\"a\":1,\"A\":2,\" a\":3}"s,
                                  "{\"a\":{\"a\":{\"a\":1}},\"b\":[{\"a\":1},{\"a\":2}]}"s,
                                  Nested(32)}) {
    EXPECT_EQ(Fault(text), "") << text;
  }
}

TEST(Json, RefusesWhatRfc8259Refuses) {
  for (const std::string& text : {""s,
                                  " "s,
                                  "nul"s,
                                  "nulll"s,
                                  "True"s,
                                  "NaN"s,
                                  "Infinity"s,
                                  "-Infinity"s,
                                  "-"s,
                                  "+1"s,
                                  "01"s,
                                  "-01"s,
                                  "00"s,
                                  "1."s,
                                  ".5"s,
                                  "1.e5"s,
                                  "1e"s,
                                  "1e+"s,
                                  "1e1.5"s,
                                  "0x10"s,
                                  "1_000"s,
                                  "1 2"s,
                                  "- 1"s,
                                  "'a'"s,
                                  "a"s,
                                  "\""s,
                                  "\"a"s,
                                  "\"\\\""s,
                                  "\"\\"s,
                                  "\"\\x41\""s,
                                  "\"\\'\""s,
                                  "\"\\u\""s,
                                  "\"\\u12\""s,
                                  "\"\\u123g\""s,
                                  "\"\\U0041\""s,
                                  "\"\\u 041\""s,
                                  "\"\\u+041\""s,
                                  "\"\n\""s,
                                  "\"\t\""s,
                                  "\"\x1f\""s,
                                  "\"\0\""s,
                                  "[1]\0"s,
                                  "\0[1]"s,
                                  "["s,
                                  "]"s,
                                  "[,]"s,
                                  "[1,]"s,
                                  "[,1]"s,
                                  "[1 2]"s,
                                  "[1,,2]"s,
                                  "[1}"s,
                                  "{"s,
                                  "}"s,
                                  "{]"s,
                                  "{,}"s,
                                  "{\"a\"}"s,
                                  "{\"a\":}"s,
                                  "{\"a\" 1}"s,
                                  "{\"a\":1,}"s,
                                  "{a:1}"s,
                                  "{1:1}"s,
                                  "{null:1}"s,
                                  "{\"a\":1 \"b\":2}"s,
                                  "{\"a\"::1}"s,
                                  "{} {}"s,
                                  "[]]"s,
                                  "[] x"s,
                                  "1,2"s,
                                  "// c\n1"s,
                                  "/**/1"s,
                                  "[1]// c"s,
                                  "#1"s,
                                  "\v1"s,
                                  "\f1"s,
                                  "\u00A0"
                                  "1"s,
                                  "\uFEFF{}"s,
                                  "{}\uFEFF"s}) {
    EXPECT_NE(Fault(text), "") << text;
  }
}

TEST(Json, RefusesBytesThatAreNotUtf8) {
  for (const std::string& bytes :
       {"\x80"s, "\xbf"s, "\xc3"s, "\xc0\xaf"s, "\xc1\xbf"s, "\xe0\x80\xaf"s, "\xed\xa0\x80"s,
        "\xed\xbf\xbf"s, "\xe2\x82"s, "\xf0\x80\x80\xaf"s, "\xf4\x90\x80\x80"s, "\xf5\x80\x80\x80"s,
        "\xf8\x88\x80\x80\x80"s, "\xfe"s, "\xff"s}) {
    EXPECT_EQ(Fault("\"" + bytes + "\""), "not valid UTF-8");
    EXPECT_EQ(Fault("{\"" + bytes + "\":1}"), "not valid UTF-8");
    EXPECT_EQ(Fault("\"a\"" + bytes), "not valid UTF-8");
  }
}

TEST(Json, NamesTheByteWhereItGoesWrong) {
  EXPECT_EQ(Fault("{\"a\":01}"), "a number with a leading zero at byte 6");
  EXPECT_EQ(Fault("[1,2"), "the text ends too early at byte 4");
  EXPECT_EQ(Fault("[\"ab"), "the text ends inside a string at byte 4");
  EXPECT_EQ(Fault("{} x"), "something after the JSON text at byte 3");
}

TEST(Json, RefusesAMemberThatStandsTwice) {
  for (const std::string& text :
       {"{\"a\":1,\"a\":1}"s, "{\"a\":1,\"b\":2,\"c\":3,\"a\":4}"s, "{\"\":1,\"\":2}"s,
        "[[{\"x\":{\"a\":1,\"a\":2}}]]"s, "{\"a\":1,\"\\u0061\":2}"s,
        "{\"\\u0061\":1,\"\\u0061\":2}"s, "{\"a/b\":1,\"a\\/b\":2}"s,
        "{\"\\u00E4\":1,\"\\u00e4\":2}"s, "{\"\u00E4\":1,\"\\u00e4\":2}"s,
        "{\"\U0001F600\":1,\"\\ud83d\\ude00\":2}"s, "{\"\\ud800\":1,\"\\uD800\":2}"s,
        "{\"\\n\":1,\"\\u000a\":2}"s}) {
    EXPECT_NE(Fault(text).find("stands twice"), std::string::npos) << text << Fault(text);
  }
  for (const std::string& text :
       {"{\"a\":1,\"\\\\u0061\":2}"s, "{\"\\ud800\":1,\"\\ufffd\":2}"s,
        "{\"\\ud800\":1,\"\\ud801\":2}"s, "{\"\\ud83d\\ude00\":1,\"\\ude00\\ud83d\":2}"s,
        "{\"a\":1,\"a\\u0000\":2}"s, "{\"\u00E4\":1,\"a\u0308\":2}"s}) {
    EXPECT_EQ(Fault(text), "") << text;
  }
}

// A decoded name can hold bytes that are not UTF-8, or be cut inside of a character. The message
// goes to users as JSON, so it must stay UTF-8.
TEST(Json, AMessageIsUtf8WhateverTheNameIs) {
  const std::string wide = "a" + [] {
    std::string name;
    for (int i = 0; i < 40; ++i) name += "\u20AC";
    return name;
  }();
  for (const std::string& name : {"\\ud800"s, wide, "\\ud800" + wide}) {
    const std::string message = Fault("{\"" + name + "\":1,\"" + name + "\":2}");
    EXPECT_NE(message.find("stands twice"), std::string::npos);
    EXPECT_LT(message.size(), 150u);
    std::string quoted;
    AppendString(message, &quoted);
    EXPECT_EQ(Fault(quoted), "") << message;
  }
  EXPECT_EQ(ShortName(wide).size(), 64u);
  EXPECT_EQ(ShortName("xx" + wide).size(), 63u);
  EXPECT_EQ(ShortName(std::string(64, 'a')), std::string(64, 'a'));
}

TEST(Json, GoesThirtyTwoLevelsDeep) {
  EXPECT_EQ(Fault(Nested(32)), "");
  EXPECT_EQ(Fault(Nested(33)), "nested deeper than 32 levels at byte 32");
  std::string objects = "1";
  for (int i = 0; i < 32; ++i) objects = "{\"a\":" + objects + "}";
  EXPECT_EQ(Fault(objects), "");
  EXPECT_NE(Fault("[" + objects + "]"), "");
  EXPECT_NE(Fault(Nested(300)), "");
  EXPECT_NE(Fault(Nested(300'000)), "");
  EXPECT_NE(Fault(std::string(900'000, '[')), "");
  EXPECT_EQ(Fault(Nested(1)), "");
  EXPECT_FALSE(Document::Parse("[[]]", {100, 1}));
  EXPECT_TRUE(Document::Parse("[]", {100, 1}));
  EXPECT_TRUE(Document::Parse(Nested(5000), {10'000, 5000}));
}

TEST(Json, IsAMillionBytesLongAtMost) {
  const auto text = [](size_t size) { return "\"" + std::string(size - 2, 'x') + "\""; };
  EXPECT_EQ(Fault(text(1'000'000)), "");
  EXPECT_EQ(Fault(text(1'000'001)), "JSON of 1000001 bytes; at most 1000000 are read");
  EXPECT_FALSE(Document::Parse("[1]", {2, 32}));
}

TEST(Json, FindsNamesHoweverTheyAreWritten) {
  const std::string text =
      R"({"\u0061":1,"a\u0062":2,"\u00e4\/":3,"\ud83d\ude00":4,"plain":5,"":6,"\u0000":7})";
  const auto document = Document::Parse(text);
  ASSERT_TRUE(document);
  for (const auto& [name, value] :
       std::vector<std::pair<std::string, std::string>>{{"a", "1"},
                                                        {"ab", "2"},
                                                        {"\u00e4/", "3"},
                                                        {"\U0001F600", "4"},
                                                        {"plain", "5"},
                                                        {"", "6"},
                                                        {"\0"s, "7"}}) {
    const Node* found = document->Find(document->root(), name);
    ASSERT_NE(found, nullptr) << name;
    EXPECT_EQ(document->Raw(*found), value);
    EXPECT_TRUE(document->NameIs(*found, name));
  }
  for (const char* name : {"b", "\\u0061", "abc", "plai", "plainer", "\u00e4"}) {
    EXPECT_EQ(document->Find(document->root(), name), nullptr) << name;
  }
}

TEST(Json, SurvivesWhatIsLargeInOtherWays) {
  std::string names = "{";
  for (int i = 0; i < 60'000; ++i) names += "\"\\u0061" + std::to_string(i) + "\":0,";
  EXPECT_EQ(Fault(names + "\"z\":0}"), "");
  EXPECT_NE(Fault(names + "\"a59999\":0}").find("stands twice"), std::string::npos);
  std::string zeros = "[0";
  for (int i = 0; i < 499'998; ++i) zeros += ",0";
  EXPECT_EQ(Fault(zeros + "]"), "");
}

}  // namespace
}  // namespace contacts::json
