// Spellings of one user name, or one password: the examples of RFC 8265, and each character.
#include "events/values/precis.h"

#include <gtest/gtest.h>

#include <string>

#include "events/contact.h"
#include "events/values/utf8.h"

namespace contacts {
namespace {

TEST(FoldUserName, OneSpellingForEachWayToTypeAName) {
  for (const char* typed : {"j\u00FCrgen", "J\u00DCRGEN", "ju\u0308rgen", "JU\u0308RGEN",
                            "\uFF4A\u00FCrgen", " \u3000J\u00FCrgen\u00A0"}) {
    EXPECT_EQ(FoldUserName(typed), "j\u00FCrgen") << typed;
  }
  EXPECT_EQ(FoldUserName("\u03A3\u039F\u03A6\u039F\u03A3"), "\u03C3\u03BF\u03C6\u03BF\u03C2");
  EXPECT_EQ(FoldUserName("fu\u00DFball"), "fu\u00DFball");
  EXPECT_EQ(FoldUserName("\u0130"), "i\u0307");
  EXPECT_EQ(FoldUserName("\u1112\u1161\u11AB"), "\uD55C");
  EXPECT_EQ(FoldUserName(""), "");
}

TEST(FoldUserName, OfAsciiItIsFoldEmail) {
  for (const char* name : {"jane", " Jo@Example.com\t", "A B", "~!", "", "x\u0001Y"}) {
    EXPECT_EQ(FoldUserName(name), FoldEmail(name)) << name;
  }
}

TEST(FoldUserName, MapsAFoldedNameToItself) {
  for (char32_t c = 0x80; c < 0x30000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    std::string text = "a";
    text += static_cast<char>(c < 0x800     ? 0xC0 | c >> 6
                              : c < 0x10000 ? 0xE0 | c >> 12
                                            : 0xF0 | c >> 18);
    if (c >= 0x10000) text += static_cast<char>(0x80 | (c >> 12 & 0x3F));
    if (c >= 0x800) text += static_cast<char>(0x80 | (c >> 6 & 0x3F));
    text += static_cast<char>(0x80 | (c & 0x3F));
    const std::string folded = FoldUserName(text + "b");
    ASSERT_EQ(FoldUserName(folded), folded) << unicode::NameOf(c);
    ASSERT_EQ(FoldUserName(FoldEmail(text + "B")), folded) << unicode::NameOf(c);
  }
}

// Sorting marks moves each one past all before it, if they are in the reverse order.
TEST(FoldUserName, ALongTextCostsNoMoreThanItsSize) {
  std::string marks = "a";
  for (int i = 0; i < 40'000; ++i) marks += "\u0301\u0323";
  EXPECT_EQ(FoldUserName("A" + marks), "a" + marks);
  EXPECT_EQ(PreparePassword(marks), marks);
}

std::string FaultOf(const std::string& name) {
  return FaultOfUserName(FoldUserName(name)).value_or("none");
}

TEST(UserName, HoldsWhatIdentifiersHold) {
  for (const char* fine :
       {"jane", "jo@example.com", "jane doe", "~", "J\u00FCrgen", "juliet@example.com", "\u03C0",
        "\u5F20\u4F1F", "\u1112\u1161\u11AB", "\u0905\u0928\u0941\u0937\u094D\u200D\u0915",
        "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645", "\u30A2\u30FB\u30A2", "l\u00B7l",
        "\u05D0\u05D1\u0031", "\uFF21lice", "\u0627\u0661"}) {
    EXPECT_EQ(FaultOf(fine), "none") << fine;
  }
}

TEST(UserName, HoldsNoOtherCharacter) {
  const std::string only = "must hold letters, digits and visible ASCII only: ";
  EXPECT_EQ(FaultOf("j\u200Bo"), only + "U+200B at position 2");
  EXPECT_EQ(FaultOf("jo\u202Ex\u202C"), only + "U+202E at position 3");
  EXPECT_EQ(FaultOf("henry\u2163"), only + "U+2173 at position 6");  // RFC 8265, 3.5
  EXPECT_EQ(FaultOf("\u221E"), only + "U+221E at position 1");
  EXPECT_EQ(FaultOf("o\u2019brien"), only + "U+2019 at position 2");
  EXPECT_EQ(FaultOf("a\u2000b"), only + "U+2002 at position 2");
  EXPECT_EQ(FaultOf("\u3164"), only + "U+3164 at position 1");
  EXPECT_EQ(FaultOf("a\u200Cb"), only + "U+200C at position 2");
  EXPECT_EQ(FaultOf("a\u00B7l"), only + "U+00B7 at position 2");
  EXPECT_EQ(FaultOf("\u0627\u0661\u06F1"), only + "U+0661 at position 2");
  EXPECT_EQ(FaultOf("a\U0001F469"), only + "U+1F469 at position 2");
  const std::string direction = "must be written in one direction: ";
  EXPECT_EQ(FaultOf("a\u05D0"), direction + "U+05D0 at position 2");
  EXPECT_EQ(FaultOf("\u05D0a\u05D0"), direction + "U+0061 at position 2");
  EXPECT_EQ(FaultOf("\u05D0-"), direction + "U+002D at position 2");
  EXPECT_EQ(FaultOfUserName("j\u200Bo", 3), only + "U+200B at position 5");
}

TEST(FaultOfName, NamesTheInvisibleCharacter) {
  const auto fault_of = [](const char* name) {
    return FaultOfName(unicode::Trim(name)).value_or("none");
  };
  // Joiners stay where a script needs them: Hindi's after a virama, Persian's between letters.
  for (const char* name :
       {"admin", "Jane Doe", "\u5F20\u4E09", "O\u2019Neil \u00AB\u00BB", "\U0001F469",
        "\u0915\u094D\u200D\u0937", "\u0645\u06CC\u200C\u062E\u0648\u0627\u0647\u0645"}) {
    EXPECT_EQ(fault_of(name), "none") << name;
  }
  const std::string unseen = "must not hold characters that cannot be seen: ";
  EXPECT_EQ(fault_of("admin\u200B"), unseen + "U+200B at position 6");
  EXPECT_EQ(fault_of(" ad\u00ADmin"), unseen + "U+00AD at position 4");
  EXPECT_EQ(fault_of("jane\u00A0doe"), unseen + "U+00A0 at position 5");
  EXPECT_EQ(fault_of("ad\u200Dmin"), unseen + "U+200D at position 3");
  EXPECT_EQ(fault_of("a\uFE0F"), unseen + "U+FE0F at position 2");
  EXPECT_EQ(fault_of("a\u3164b"), unseen + "U+3164 at position 2");
}

// RFC 8265, 4.2: an OpaqueString holds no invisible character.
TEST(FaultOfNewPassword, NamesTheInvisibleCharacter) {
  const auto fault_of = [](const char* typed) {
    return FaultOfNewPassword(PreparePassword(typed)).value_or("none");
  };
  for (const char* typed : {"correct horse", "corr\u00E9ct\u00A0h\u00F6rse", "\U0001F469 \u00A3"}) {
    EXPECT_EQ(fault_of(typed), "none") << typed;
  }
  EXPECT_EQ(fault_of("correct\u200Bhorse"),
            "must not hold characters that cannot be seen: U+200B at position 8");
  EXPECT_EQ(fault_of("\uFEFFhorse"),
            "must not hold characters that cannot be seen: U+FEFF at position 1");
}

TEST(PreparePassword, OneTextForEachWayToTypeIt) {
  EXPECT_EQ(PreparePassword("correct horse"), "correct horse");
  EXPECT_EQ(PreparePassword("J\u00FCrgen\u00A0\u3000\u1680x"), "J\u00FCrgen   x");
  EXPECT_EQ(PreparePassword("Ju\u0308rgen"), "J\u00FCrgen");
  EXPECT_EQ(PreparePassword("\uFF21\u00DF\u03C3"), "\uFF21\u00DF\u03C3") << "no case, no width";
  EXPECT_EQ(PreparePassword(" a\u200B "), " a\u200B ");
}

}  // namespace
}  // namespace contacts
