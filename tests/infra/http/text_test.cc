#include "infra/http/text.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace contacts::http {
namespace {

TEST(Text, ControlCharactersAreThoseOfAsciiButTab) {
  for (int byte = 0; byte < 256; ++byte) {
    const bool control = (byte < 0x20 && byte != '\t') || byte == 0x7f;
    EXPECT_EQ(IsControl(static_cast<char>(byte)), control) << byte;
  }
}

// Every byte at every place, after bytes that carry into it when eight are tested together.
TEST(Text, ThePlainPrefixEndsAtTheFirstControlCharacter) {
  for (const char before : {'a', '\t', ' ', '\x80', '\xff'}) {
    for (size_t size = 1; size <= 20; ++size) {
      for (size_t place = 0; place < size; ++place) {
        for (int byte = 0; byte < 256; ++byte) {
          std::string text(size, before);
          text[place] = static_cast<char>(byte);
          const size_t plain = IsControl(text[place]) ? place : size;
          ASSERT_EQ(PlainPrefix(text), plain) << size << ' ' << place << ' ' << byte;
        }
      }
    }
  }
  EXPECT_EQ(PlainPrefix(""), 0u);
  EXPECT_EQ(PlainPrefix("both\r\n"), 4u);
}

using Parts = std::vector<std::string_view>;

TEST(Text, IsSplitAtEachSeparatorThatNoQuotesHide) {
  EXPECT_EQ(Split("", ';', Quotes::kOrdinary), Parts{""});
  EXPECT_EQ(Split(" a ;; b\t", ';', Quotes::kOrdinary), (Parts{"a", "", "b"}));
  EXPECT_EQ(Split(R"("a;b";c)", ';', Quotes::kOrdinary), (Parts{R"("a)", R"(b")", "c"}));
  EXPECT_EQ(Split(R"("a;b";c)", ';', Quotes::kHide), (Parts{R"("a;b")", "c"}));
  EXPECT_EQ(Split(R"("a\";b;"c)", ';', Quotes::kHide), (Parts{R"("a\")", "b", R"("c)"}));
  EXPECT_EQ(Split(R"("a\";b";c)", ';', Quotes::kHideMore), (Parts{R"("a\";b")", "c"}));
  EXPECT_EQ(Split(R"(a\;b)", ';', Quotes::kHideMore), (Parts{R"(a\)", "b"}));
  EXPECT_EQ(Split(R"("\)", ';', Quotes::kHideMore), Parts{R"("\)"});
}

TEST(Text, AListHasNoEmptyElements) {
  EXPECT_EQ(ListElements(" , a,,b ,"), (Parts{"a", "b"}));
  EXPECT_EQ(ListElements(""), Parts{});
  EXPECT_EQ(ListElements(R"(W/"1,2", "3")", Quotes::kHide), (Parts{R"(W/"1,2")", R"("3")"}));
}

TEST(Text, IsShortenedBetweenCharacters) {
  EXPECT_EQ(Shortened("abc", 3), "abc");
  EXPECT_EQ(Shortened("abcd", 3), "abc…");
  EXPECT_EQ(Shortened("aää", 3), "aä…");
  EXPECT_EQ(Shortened("aää", 4), "aä…");
  EXPECT_EQ(Shortened("ä", 1), "…");
  EXPECT_EQ(Shortened("a\xff\xff\xff", 2), "a\xff…");
}

}  // namespace
}  // namespace contacts::http
