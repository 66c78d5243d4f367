#include "events/values/hash.h"

#include <gtest/gtest.h>

#include <thread>

namespace contacts {
namespace {

// NIST's examples for FIPS 180-4 and one of its Monte Carlo size.
TEST(Sha256, KnowsTheVectorsOfFips180) {
  EXPECT_EQ(ToHex(Sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(ToHex(Sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(ToHex(Sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(ToHex(Sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, CountsEveryByteAlsoNul) { EXPECT_NE(Sha256(std::string("a\0b", 3)), Sha256("a")); }

TEST(Sha256, IsTheSameOnEveryThread) {
  Hash other;
  std::thread([&] { other = Sha256("abc"); }).join();
  EXPECT_EQ(other, Sha256("abc"));
}

// RFC 4231, sections 4.2 to 4.8 (4.6 has a truncated output).
TEST(HmacSha256, KnowsTheVectorsOfRfc4231) {
  EXPECT_EQ(ToHex(HmacSha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(ToHex(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(ToHex(HmacSha256(std::string(20, '\xaa'), std::string(50, '\xdd'))),
            "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  std::string counting;
  for (char c = 1; c <= 25; ++c) counting.push_back(c);
  EXPECT_EQ(ToHex(HmacSha256(counting, std::string(50, '\xcd'))),
            "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b");
  EXPECT_EQ(ToHex(HmacSha256(std::string(131, '\xaa'),
                             "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(ToHex(HmacSha256(std::string(131, '\xaa'),
                             "This is a test using a larger than block-size key and a larger than "
                             "block-size data. The key needs to be hashed before being used by the "
                             "HMAC algorithm.")),
            "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2");
  EXPECT_EQ(ToHex(HmacSha256("", "")),
            "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Hex, IsReadOnlyInItsOneForm) {
  const std::string hex = ToHex(Sha256("abc"));
  EXPECT_EQ(HashFromHex(hex), Sha256("abc"));
  EXPECT_EQ(HashFromHex(std::string(64, '0')), Hash{});
  std::string upper = hex;
  upper[1] = 'A';
  std::string colon = hex;
  colon[63] = ':';  // after '9'
  std::string g = hex;
  g[0] = 'g';
  for (const std::string& bad : {upper, colon, g, hex.substr(1), hex + "0", std::string()}) {
    EXPECT_FALSE(HashFromHex(bad)) << bad;
  }
  EXPECT_EQ(ToHex(std::string_view("\x00\x7f\x80\xff", 4)), "007f80ff");
}

}  // namespace
}  // namespace contacts
