// The strings that AppendString writes, and how texts are shortened.
#include <gtest/gtest.h>

#include <string>

#include "events/json/json.h"

namespace contacts::json {
namespace {

using namespace std::string_literals;

// A bug once: a text with bytes that are not UTF-8 was written unchanged, so that the answer, or
// the record, was not JSON.
TEST(JsonString, WritesUtf8WhateverTheTextIs) {
  EXPECT_EQ(Quoted("jo\xff"), "\"jo\uFFFD\"");
  EXPECT_EQ(Quoted("\xed\xa0\x80"), "\"\uFFFD\uFFFD\uFFFD\"");
  EXPECT_EQ(Quoted("a \"quoted\" \u20ac and\n\xe2\x82\tthe \x80 rest, \"quoted\""),
            "\"a \\\"quoted\\\" \u20ac and\\n\uFFFD\\tthe \uFFFD rest, \\\"quoted\\\"\"");
  // Covers each place of the eight that are tested together, alone and after valid UTF-8.
  for (size_t length = 1; length < 40; ++length) {
    for (size_t at = 0; at < length; ++at) {
      for (const std::string& before : {""s, "\u20ac"s, "\n"s}) {
        std::string text = before + std::string(length, 'x');
        text[before.size() + at] = '\xff';
        std::string expected = before == "\n" ? "\"\\n" : "\"" + before;
        expected += std::string(at, 'x') + "\uFFFD" + std::string(length - at - 1, 'x') + "\"";
        EXPECT_EQ(Quoted(text), expected);
      }
    }
  }
}

TEST(JsonString, WritesEachAsciiCharacterAtEachPlace) {
  for (int c = 0; c < 0x80; ++c) {
    for (size_t at = 0; at < 20; ++at) {
      for (const std::string& before : {""s, "\u20ac"s}) {
        std::string text = before + std::string(20, 'x');
        text[before.size() + at] = static_cast<char>(c);
        const std::string quoted = Quoted(text);
        const auto document = Document::Parse(quoted);
        std::string read;
        ASSERT_TRUE(document && document->Text(document->root(), &read)) << c << " at " << at;
        EXPECT_EQ(read, text);
        const bool plain = c >= 0x20 && c != '"' && c != '\\';
        EXPECT_EQ(quoted.size() == text.size() + 2, plain) << c;
      }
    }
  }
}

TEST(JsonString, ShortensTextsThatAreNotUtf8) {
  EXPECT_EQ(ShortText(std::string(100, '\x80'), 64).size(), 61u);
  EXPECT_EQ(ShortText("\x80\x80", 1).size(), 0u);
  EXPECT_EQ(ShortText("abc", 0), "");
}

}  // namespace
}  // namespace contacts::json
