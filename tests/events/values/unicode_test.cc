// Tables of characters that are visible, invisible, or steer, by their code points.
#include "events/values/unicode.h"

#include <gtest/gtest.h>

#include <string>

#include "events/values/utf8.h"

namespace contacts::unicode {
namespace {

std::string FaultIn(const std::string& text) { return FaultOfText(Trim(text)).value_or("none"); }

TEST(UnicodeText, IsTrimmedOfEachWhiteSpaceThatUnicodeHas) {
  const std::string spaces =
      "\t\n\v\f\r \u0085\u00A0\u1680\u2000\u2003\u200A\u2028\u2029\u202F\u205F\u3000";
  EXPECT_EQ(Trim(spaces + "J\u00E4ne Doe\U0001F469" + spaces).text, "J\u00E4ne Doe\U0001F469");
  EXPECT_EQ(Trim(spaces + "x").first, 18u);
  EXPECT_EQ(Trim(spaces).text, "");
  EXPECT_EQ(Trim("").text, "");
  for (const char* stays : {"\u200Bx\u200B", "\uFEFFx", "x\u00AD", "\x80x\xE2\x80"}) {
    EXPECT_EQ(Trim(stays).text, stays);
  }
}

TEST(UnicodeText, HoldsNeitherControlsNorNoncharacters) {
  EXPECT_EQ(FaultIn("a\u0007b\u0007"), "must not hold control characters: U+0007 at position 2");
  EXPECT_EQ(FaultIn("  \u00E4\u009Fb"), "must not hold control characters: U+009F at position 4");
  EXPECT_EQ(FaultIn("ab\x7F"), "must not hold control characters: U+007F at position 3");
  EXPECT_EQ(FaultIn("\uFFFE"), "must not hold noncharacters: U+FFFE at position 1");
  EXPECT_EQ(FaultIn("\U0001F469\uFDD0\u0001"), "must not hold noncharacters: U+FDD0 at position 2");
  EXPECT_EQ(FaultIn("a\U0010FFFF"), "must not hold noncharacters: U+10FFFF at position 2");
  for (const char* fine : {"", "a b", "\u00E4", "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645",
                           "\U0001F469\u200D\U0001F4BB", "a\u200Eb\u200F\u061C", "a\u2028b"}) {
    EXPECT_EQ(FaultIn(fine), "none") << fine;
  }
}

TEST(UnicodeText, PairsItsBidirectionalControls) {
  const std::string unpaired = "must not hold bidirectional controls that are not paired: ";
  for (const char* paired :
       {"a\u202Eb\u202Cc", "\u202Aa\u202C\u202Bb\u202C\u202Dc\u202C", "\u2066a\u2069",
        "\u2067a\u2068b\u2069\u2069", "\u2068a\u202Ab\u202C\u2069", "\u202A\u2066\u2069\u202C"}) {
    EXPECT_EQ(FaultIn(paired), "none") << paired;
  }
  EXPECT_EQ(FaultIn("ab\u202Ec"), unpaired + "U+202E at position 3");
  EXPECT_EQ(FaultIn("\u2066a"), unpaired + "U+2066 at position 1");
  EXPECT_EQ(FaultIn("a\u202Cb"), unpaired + "U+202C at position 2");
  EXPECT_EQ(FaultIn("a\u2069"), unpaired + "U+2069 at position 2");
  EXPECT_EQ(FaultIn("\u202Aa\u2069"), unpaired + "U+202A at position 1");
  EXPECT_EQ(FaultIn("\u2066\u202Aa\u2069"), unpaired + "U+202A at position 2");
  EXPECT_EQ(FaultIn("\u202Aa\u2029b\u202C"), unpaired + "U+202A at position 1");
  EXPECT_EQ(FaultIn("\u202Aa\u0007b\u202C"),
            "must not hold control characters: U+0007 at position 3")
      << "what is paired behind the fault is no fault";
  EXPECT_EQ(FaultIn("\u202Aa\u0007b"), unpaired + "U+202A at position 1");
}

// Otherwise each end would look for its beginning among tens of thousands.
TEST(UnicodeText, BidirectionalControlsAreReadInOnePass) {
  std::string openers, ends;
  for (int i = 0; i < 40'000; ++i) {
    openers += "\u202E";
    ends += "\u2069";
  }
  EXPECT_EQ(FaultIn(openers + ends),
            "must not hold bidirectional controls that are not paired: U+202E at position 1");
}

TEST(UnicodeText, IsVisibleWithOneCharacterThatIs) {
  for (const char* seen : {"a", " a", "\u200B\u00E4", "\u5F20", "\U0001F469", "\u0645", "\u2603",
                           "a\u0301", "1", "\uE000", "\u1100"}) {
    EXPECT_TRUE(HasVisible(seen)) << seen;
  }
  for (const char* unseen : {"",
                             " ",
                             "\u200B\u200B\u200B",
                             "\u00A0\u00A0",
                             "\u3164",
                             "\u115F\u1160",
                             "\uFFA0",
                             "\u2800",
                             "\U000E0041\U000E007F",
                             "\uFE0F\U000E0100",
                             "\u0301",
                             "\u034F",
                             "\u200D\u200C",
                             "\u2060",
                             "\uFEFF",
                             "\u00AD",
                             "\u180E",
                             "\u202E\u202C",
                             "\u17B4",
                             "\U0001D159",
                             "\U0001D173",
                             "\u2028",
                             "\u0007",
                             "\uFFFE"}) {
    EXPECT_FALSE(HasVisible(unseen)) << ShowInvisible(unseen);
  }
}

TEST(FirstUnseen, IsTheFirstCharacterThatLooksLikeNothingOrASpace) {
  for (const auto& [text, shown] :
       {std::pair("jane@x.org", "none"), std::pair("a b", "U+0020 at position 2"),
        std::pair("\u00E4\u200B", "U+200B at position 2"),
        std::pair("\uFEFF", "U+FEFF at position 1"), std::pair("ab\n", "U+000A at position 3"),
        std::pair("\u00A0", "U+00A0 at position 1"), std::pair("", "none"),
        std::pair("\xFF", "none")}) {
    const auto unseen = FirstUnseen(text);
    EXPECT_EQ(unseen ? unseen->Shown() : "none", shown) << text;
  }
  EXPECT_EQ(WithoutUnseen("\uFEFF cin_acme\r\n _1\u00A0\u200B\u00AD "), "cin_acme_1");
  EXPECT_EQ(WithoutUnseen("\u00E4\xFF"), "\u00E4\xFF");
}

TEST(CannotHold, NamesTheFirstCharacterOrByteThatDoesNotFit) {
  EXPECT_EQ(CannotHold("key-1", IsVisibleAscii), "");
  EXPECT_EQ(CannotHold("", IsVisibleAscii), "");
  EXPECT_EQ(CannotHold("a b", IsVisibleAscii), "; it cannot hold U+0020 at position 2");
  EXPECT_EQ(CannotHold("ab\u200F", IsVisibleAscii), "; it cannot hold U+200F at position 3");
  EXPECT_EQ(CannotHold("\U0001F469", IsVisibleAscii), "; it cannot hold U+1F469 at position 1");
  EXPECT_EQ(CannotHold("\uFFFD", IsVisibleAscii), "; it cannot hold U+FFFD at position 1");
  EXPECT_EQ(CannotHold("a\xFF", IsVisibleAscii), "; it cannot hold byte 0xFF at position 2");
  EXPECT_EQ(CannotHold("a\xE2\x80", IsVisibleAscii), "; it cannot hold byte 0xE2 at position 2");
}

TEST(UnicodeText, InvisibleCharactersAreShown) {
  EXPECT_EQ(ShowInvisible("jane@x.org"), "jane@x.org");
  EXPECT_EQ(ShowInvisible("full\u200BName \u202Ex"), "fullU+200BName U+202Ex");
  EXPECT_EQ(ShowInvisible("\uFEFFa\u00A0b\u0007\x7F\u2029\U000E0041\uFFFF\u2800"),
            "U+FEFFaU+00A0bU+0007U+007FU+2029U+E0041U+FFFFU+2800");
  EXPECT_EQ(ShowInvisible("\u00E4\u5F20\U0001F469"), "\u00E4\u5F20\U0001F469");
  EXPECT_EQ(ShowInvisible("a\nb\r", "\n"), "a\nbU+000D");
}

TEST(UnicodeText, CharactersThatSteerATerminalAreEscaped) {
  EXPECT_EQ(EscapeSteering("{\"a\":\"\u202Ex\u2069\u200F\"}\n"),
            "{\"a\":\"\\u202ex\\u2069\\u200f\"}\n");
  EXPECT_EQ(EscapeSteering("\x1B[2J\r\u009B\x7F\u2028"), "\\u001b[2J\\u000d\\u009b\\u007f\\u2028");
  EXPECT_EQ(EscapeSteering("J\u00E4ne \U0001F469\u200D\U0001F4BB"),
            "J\u00E4ne \U0001F469\u200D\U0001F4BB");
  std::string pair;
  AppendEscape(0xE0041, &pair);
  EXPECT_EQ(pair, "\\udb40\\udc41");
}

TEST(UnicodeText, AnyBytesAreRead) {
  for (int byte = 0x80; byte < 0x100; ++byte) {
    const std::string text = "a" + std::string(1, static_cast<char>(byte)) + "b";
    EXPECT_EQ(Trim(text).text, text);
    EXPECT_EQ(FaultIn(text), "none");
    EXPECT_TRUE(HasVisible(text));
    EXPECT_EQ(ShowInvisible(text), text);
    EXPECT_EQ(MendUtf8(EscapeSteering(text)), MendUtf8(text));
  }
}

}  // namespace
}  // namespace contacts::unicode
