#include "events/seal/wrapping.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "events/seal/store_keys.h"
#include "events/values/hash.h"

namespace contacts::seal {
namespace {

Seed KeyOf(uint8_t fill) {
  Seed key;
  key.bytes.fill(fill);
  return key;
}

const std::string kNonce = "twelve bytes";
const std::string kId = "sha256-0";
const std::string kHash = "$argon2id$v=19$m=65536,t=2,p=1$c2FsdA$aGFzaA";

TEST(Wrapping, ComesBackUnderItsId) {
  const MasterKeys keys({KeyOf(1)});
  const std::string wrapped = keys.Wrap(kId, kHash, kNonce);
  EXPECT_EQ(wrapped.find("argon2"), std::string::npos);
  EXPECT_EQ(FormOf(wrapped), ValueForm::kWrapped);
  EXPECT_EQ(KeyIdIn(wrapped), MasterKeys::IdOf(KeyOf(1)));
  EXPECT_EQ(keys.Unwrap(kId, wrapped), kHash);
}

// The format is fixed: values of earlier builds must be read. Made with Python's cryptography.
TEST(Wrapping, HasTheSameBytesForEver) {
  const MasterKeys keys({KeyOf(1)});
  EXPECT_EQ(contacts::ToHex(keys.Wrap("k-id", "1", kNonce)),
            "0172cd6e84"                // version, key
            "7477656c7665206279746573"  // nonce
            "9e4f183c4167a2d366d7dbe59bf027930a");
}

TEST(Wrapping, NothingElseUnwraps) {
  const MasterKeys keys({KeyOf(1)});
  const std::string wrapped = keys.Wrap(kId, kHash, kNonce);
  EXPECT_FALSE(keys.Unwrap("sha256-1", wrapped)) << "a value that was copied to another id";
  EXPECT_FALSE(MasterKeys({KeyOf(2)}).Unwrap(kId, wrapped));
  EXPECT_FALSE(MasterKeys().Unwrap(kId, wrapped));
  for (size_t i = 0; i < wrapped.size(); ++i) {
    for (const int flip : {1, 0x80}) {
      std::string altered = wrapped;
      altered[i] = static_cast<char>(altered[i] ^ flip);
      EXPECT_FALSE(keys.Unwrap(kId, altered)) << i;
    }
    EXPECT_FALSE(keys.Unwrap(kId, wrapped.substr(0, i))) << i;
  }
  EXPECT_FALSE(keys.Unwrap(kId, wrapped + '\0'));
}

TEST(Wrapping, TheFirstKeyWrapsAndAllUnwrap) {
  const std::string old = MasterKeys({KeyOf(1)}).Wrap(kId, kHash, kNonce);
  const MasterKeys both({KeyOf(2), KeyOf(1)});
  EXPECT_EQ(both.Unwrap(kId, old), kHash);
  EXPECT_TRUE(both.Has(KeyIdIn(old)));
  EXPECT_FALSE(both.IsFirst(KeyIdIn(old)));
  const std::string fresh = both.Wrap(kId, kHash, kNonce);
  EXPECT_TRUE(both.IsFirst(KeyIdIn(fresh)));
  EXPECT_EQ(MasterKeys({KeyOf(2)}).Unwrap(kId, fresh), kHash);
}

// Seeds are any 32 bytes, so their first byte tells nothing.
RC_GTEST_PROP(Wrapping, NoPlainValueIsTakenForAWrappedOne, ()) {
  std::string seed(32, '\0');
  for (char& byte : seed) byte = *rc::gen::arbitrary<char>();
  seed[0] = *rc::gen::element('\x01', '\x00', '$', seed[0]);
  RC_ASSERT(FormOf(seed) == ValueForm::kPlain);
  RC_ASSERT(FormOf("$argon2id$" + *rc::gen::arbitrary<std::string>()) == ValueForm::kPlain);
  RC_ASSERT(FormOf(kMarker) == ValueForm::kPlain);
}

RC_GTEST_PROP(Wrapping, EachSecretComesBackUnderAnyId, ()) {
  const auto id = *rc::gen::arbitrary<std::string>();
  const auto secret = *rc::gen::nonEmpty<std::string>();
  const MasterKeys keys({KeyOf(3)});
  const std::string wrapped = keys.Wrap(id, secret, kNonce);
  RC_ASSERT(FormOf(wrapped) == ValueForm::kWrapped);
  RC_ASSERT(keys.Unwrap(id, wrapped) == secret);
}

TEST(Wrapping, AMasterKeyIs64HexDigits) {
  const std::string hex = "00ff" + std::string(60, 'a');
  const auto key = MasterKeyFrom(hex);
  ASSERT_TRUE(key);
  EXPECT_EQ(contacts::ToHex(key->view()), hex);
  EXPECT_EQ(MasterKeyFrom("00FF" + std::string(60, 'A')), key);
  EXPECT_FALSE(MasterKeyFrom(hex + "0"));
  EXPECT_FALSE(MasterKeyFrom(hex.substr(1)));
  EXPECT_FALSE(MasterKeyFrom("0x" + hex.substr(2)));
  EXPECT_FALSE(MasterKeyFrom("g" + hex.substr(1)));
  EXPECT_FALSE(MasterKeyFrom(""));
}

TEST(Wrapping, AValueOfAnotherVersionIsNeither) {
  std::string newer = MasterKeys({KeyOf(1)}).Wrap(kId, kHash, kNonce);
  newer[0] = 2;
  EXPECT_EQ(FormOf(newer), ValueForm::kUnknown);
  EXPECT_EQ(FormOf(std::string("\x01short")), ValueForm::kUnknown);
}

}  // namespace
}  // namespace contacts::seal
