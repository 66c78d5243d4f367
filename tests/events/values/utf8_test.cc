#include "events/values/utf8.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace contacts {
namespace {

TEST(Utf8, LengthsOfWellFormedCharactersOnly) {
  EXPECT_EQ(Utf8Length("a"), 1u);
  EXPECT_EQ(Utf8Length("\xc3\xab"), 2u);
  EXPECT_EQ(Utf8Length("\xe2\x82\xac"), 3u);
  EXPECT_EQ(Utf8Length("\xf0\x9f\x98\x80"), 4u);
  EXPECT_EQ(Utf8Length("\xf4\x8f\xbf\xbf"), 4u);
  for (const char* bad :
       {"", "\x80", "\xc1\xbf", "\xc3", "\xc3x", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xe2\x82",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xf0\x9f\x98x"}) {
    EXPECT_EQ(Utf8Length(bad), 0u) << bad;
  }
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("Zo\xc3\xab"));
  EXPECT_FALSE(IsUtf8("Zo\xc3"));
}

// The example of Unicode's table 3-8, and one of each fault: a character that is cut short becomes
// one U+FFFD, and so does every other byte.
TEST(Utf8, MendsAsBrowsersDo) {
  const std::string r = "\uFFFD";
  const std::pair<std::string, std::string> cases[] = {
      {"", ""},
      {"Zo\u00eb \u20ac \U0001F600", "Zo\u00eb \u20ac \U0001F600"},
      {"a\xF1\x80\x80\xE1\x80\xC2"
       "b\x80"
       "c\x80\xBF"
       "d",
       "a" + r + r + r + "b" + r + "c" + r + r + "d"},
      {"\xC3", r},
      {"\xC3x", r + "x"},
      {"\xE2\x82", r},
      {"\xE2\x82\xE2\x82\xAC", r + "\u20ac"},
      {"\xF0\x9F\x98", r},
      {"\xF0\x9F\x98\xFF", r + r},
      {"\xC0\xAF", r + r},
      {"\xE0\x80\xAF", r + r + r},
      {"\xED\xA0\x80", r + r + r},
      {"\xF0\x80\x80\xAF", r + r + r + r},
      {"\xF4\x90\x80\x80", r + r + r + r},
      {"\xF5\x80\xFE\xFF", r + r + r + r},
      {"\x80\xBF", r + r}};
  for (const auto& [bytes, mended] : cases) EXPECT_EQ(MendUtf8(bytes), mended);
}

bool IsUtf8ByCharacters(std::string_view text) {
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

// Short and long texts are checked in two ways, which must agree.
RC_GTEST_PROP(Utf8Property, TheWholeIsUtf8IfEachCharacterIs, ()) {
  const auto pieces = *rc::gen::container<std::vector<std::string>>(rc::gen::element<std::string>(
      "a", "bcdefghi", "\u00eb", "\u20ac", "\U0001F600", "\uFFFD", "\x80", "\xC3", "\xE2\x82",
      "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xFF"));
  std::string text;
  for (const std::string& piece : pieces) {
    text += piece;
    RC_ASSERT(IsUtf8(text) == IsUtf8ByCharacters(text));
  }
  const std::string mended = MendUtf8(text);
  RC_ASSERT(IsUtf8(mended));
  RC_ASSERT(!IsUtf8(text) || mended == text);
}

}  // namespace
}  // namespace contacts
