#include "events/values/base64.h"

#include <gtest/gtest.h>

#include <string>

namespace contacts::testing {
namespace {

TEST(Base64, IsThatOfRfc4648Section10) {
  const std::pair<std::string, std::string> vectors[] = {{"", ""},
                                                         {"f", "Zg=="},
                                                         {"fo", "Zm8="},
                                                         {"foo", "Zm9v"},
                                                         {"foob", "Zm9vYg=="},
                                                         {"fooba", "Zm9vYmE="},
                                                         {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(ToBase64(bytes), text);
    EXPECT_EQ(FromBase64(text), bytes);
  }
}

TEST(Base64, BringsEveryByteBack) {
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    bytes += static_cast<char>(i);
    EXPECT_EQ(FromBase64(ToBase64(bytes)), bytes) << i;
  }
}

TEST(Base64, TakesTheCanonicalFormAlone) {
  for (const char* text : {"Zg", "Zg=", "Zg===", "Zh==", "Zm9=", " Zg==", "Zg==\n", "Z g==",
                           "Zm9v\n", "Zm-_", "====", "=", "Zg==Zg==", "\n\n\n\n", "Zm9v    "}) {
    EXPECT_FALSE(FromBase64(text)) << text;
  }
}

// One text for one sequence of bytes: whatever is taken comes back as it was.
TEST(Base64, TakesNoSecondForm) {
  constexpr std::string_view kUsed = "AQgw/+9=- \n\r\t.";
  int taken = 0;
  for (const std::string before : {"", "AAAA", "Zm9v"}) {
    for (size_t i = 0; i < kUsed.size() * kUsed.size() * kUsed.size() * kUsed.size(); ++i) {
      std::string text = before;
      for (size_t rest = i, digit = 0; digit < 4; ++digit, rest /= kUsed.size()) {
        text += kUsed[rest % kUsed.size()];
      }
      const auto bytes = FromBase64(text);
      if (!bytes) continue;
      ++taken;
      ASSERT_EQ(ToBase64(*bytes), text);
    }
  }
  EXPECT_EQ(taken, 3 * (7 * 7 * 7 * 7 + 7 * 7 * 4 + 7 * 4));
}

}  // namespace
}  // namespace contacts::testing
