#include "events/values/ids.h"

#include <gtest/gtest.h>

#include "events/record.h"
#include "events/values/uuid.h"

namespace contacts {
namespace {

TEST(TenantId, HasItsGrammar) {
  for (const std::string& good :
       {std::string("a"), std::string("Z"), std::string("0"), std::string("acme"),
        std::string("A.b_c-9"), std::string(64, 'x'), std::string("a...")}) {
    EXPECT_TRUE(IsTenantId(good)) << good;
  }
  for (const std::string& bad :
       {std::string(), std::string("$log"), std::string(".a"), std::string("_a"), std::string("-a"),
        std::string(65, 'x'), std::string("a b"), std::string("a/b"), std::string("a:b"),
        std::string("a@b"), std::string("a[b"), std::string("a`b"), std::string("a{b"),
        std::string("\u00E4"), std::string("a\0b", 3), std::string("a\n"), std::string("a ")}) {
    EXPECT_FALSE(IsTenantId(bad)) << bad;
  }
}

// The example of RFC 9562, appendix A.6.
TEST(UuidV7, IsThatOfRfc9562) {
  const uint8_t random[10] = {0x7C, 0xC3, 0x98, 0xC4, 0xDC, 0x0C, 0x0C, 0x07, 0x39, 0x8F};
  EXPECT_EQ(UuidV7(Timestamp{1645557742000}, random), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
}

TEST(UuidV7, SetsVersionAndVariantWhateverTheRandomBytes) {
  const uint8_t zeros[10] = {};
  const uint8_t ones[10] = {255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
  EXPECT_EQ(UuidV7(Timestamp{0}, zeros), "00000000-0000-7000-8000-000000000000");
  EXPECT_EQ(UuidV7(Timestamp{(int64_t{1} << 48) - 1}, ones),
            "ffffffff-ffff-7fff-bfff-ffffffffffff");
}

WriterTag WriterIn(const std::string& text) { return WriterOf(*json::Document::Parse(text)); }

TEST(RecordId, EndsWithTheTagOfItsWriter) {
  const uint8_t random[6] = {0x7C, 0xC3, 0x98, 0xC4, 0xDC, 0x0C};
  const std::string id = RecordId(Timestamp{1645557742000}, random, WriterTag{0x0A07398F});
  EXPECT_EQ(id, "017f22e2-79b0-7cc3-98c4-dc0c0a07398f");
  EXPECT_EQ(WriterIn(R"({"id":")" + id + R"("})"), WriterTag{0x0A07398F});
}

TEST(RecordId, NamesNoWriterInAnotherForm) {
  for (const char* text : {"{}", R"({"id":7})", R"({"id":"a07398f"})", R"([1])",
                           R"({"id":"017f22e2-79b0-7cc3-98c4-dc0c0a07-98f"})"}) {
    EXPECT_EQ(WriterIn(text), WriterTag{}) << text;
  }
}

TEST(Sequence, CountsByOne) { EXPECT_EQ(Next(Sequence{16}), Sequence{17}); }

}  // namespace
}  // namespace contacts
