#include "events/seal/block.h"

#include <gtest/gtest.h>

#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "events/values/base64.h"
#include "tests/events/seal/seal_vectors.h"

namespace contacts::testing {
namespace {

using seal::BlockPlace;
using seal::SealedBlock;
using seal::Seed;

const BlockPlace kPlace = {"acme", "019ab0c1-0000-7000-8000-000000000001", "data", "ContactCreated",
                           "42"};
const std::string kPlain = R"({"fullName":"Jane Smith","email":"jane@example.com"})";

Seed KeyOf(uint8_t byte) {
  Seed key;
  key.bytes.fill(byte);
  return key;
}

TEST(SealedBlock, IsThatOfTheVectors) {
  const SealVectors vectors;
  const auto key_named = [&](const char* name) {
    return vectors.Seed(vectors.Find(vectors.Find("keys"), name));
  };
  const Seed actor_key = seal::ActorKey(key_named("actor 7"), key_named("month 2026-11"));
  EXPECT_EQ(ToHex(actor_key.view()), vectors.Text("actor key 7, 2026-11"));
  const std::pair<const char*, Seed> blocks[] = {{"created", key_named("contact 42")},
                                                 {"changed", key_named("contact 42")},
                                                 {"actor", actor_key}};
  for (const auto& [name, key] : blocks) {
    const json::Node& block = vectors.Find(name);
    const auto text = [&](const char* member) { return vectors.Text(vectors.Find(block, member)); };
    const std::string tenant = text("tenant"), record = text("record"), part = text("part"),
                      type = text("type"), subject = text("subject"), plain = text("plain");
    const BlockPlace place{tenant, record, part, type, subject};

    const SealedBlock sealed = seal::Seal(key, place, plain);
    EXPECT_EQ(sealed.sealed, text("sealed")) << name;
    EXPECT_EQ(ToHex(sealed.commitment), text("commitment")) << name;
    EXPECT_EQ(ToHex(seal::OpeningOf(key, place)), text("opening")) << name;
    EXPECT_EQ(seal::Unseal(key, place, sealed), plain) << name;
    EXPECT_TRUE(
        seal::IsCommittedTo(seal::Padded(plain), *HashFromHex(text("opening")), sealed.commitment));
    EXPECT_FALSE(seal::IsCommittedTo(seal::Padded(plain) + " ", *HashFromHex(text("opening")),
                                     sealed.commitment));
  }
}

TEST(SealedBlock, OpensAtItsPlaceWithItsKeyAlone) {
  const SealedBlock block = seal::Seal(KeyOf(1), kPlace, kPlain);
  ASSERT_EQ(seal::Unseal(KeyOf(1), kPlace, block), kPlain);
  EXPECT_FALSE(seal::Unseal(KeyOf(2), kPlace, block));
  for (std::string_view BlockPlace::*const member :
       {&BlockPlace::tenant, &BlockPlace::record, &BlockPlace::part, &BlockPlace::type,
        &BlockPlace::subject}) {
    BlockPlace other = kPlace;
    other.*member = "other";
    EXPECT_FALSE(seal::Unseal(KeyOf(1), other, block));
  }
  SealedBlock other = block;
  other.commitment.bytes[0] ^= 1;
  EXPECT_FALSE(seal::Unseal(KeyOf(1), kPlace, other));
}

TEST(SealedBlock, EachBitThatIsChangedKeepsItClosed) {
  const SealedBlock block = seal::Seal(KeyOf(1), kPlace, kPlain);
  const std::string bytes = *FromBase64(block.sealed);
  for (size_t at = 0; at < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1 << at % 8);
    EXPECT_FALSE(seal::Unseal(KeyOf(1), kPlace, {ToBase64(changed), block.commitment})) << at;
  }
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_FALSE(
        seal::Unseal(KeyOf(1), kPlace, {ToBase64(bytes.substr(0, size)), block.commitment}));
  }
  EXPECT_FALSE(seal::Unseal(KeyOf(1), kPlace, {block.sealed + "\n", block.commitment}));
  EXPECT_FALSE(seal::Unseal(KeyOf(1), kPlace, {"", block.commitment}));
}

// More padding than is needed would let one value have several sealed forms. Seal never makes it:
// of a text that ends with spaces it makes what a lenient reader would take.
TEST(SealedBlock, TakesTheShortestPaddingAlone) {
  const SealedBlock block = seal::Seal(KeyOf(1), kPlace, kPlain + std::string(64, ' '));
  EXPECT_FALSE(seal::Unseal(KeyOf(1), kPlace, block));
  const SealedBlock spaces = seal::Seal(KeyOf(1), kPlace, "   ");
  EXPECT_FALSE(seal::Unseal(KeyOf(1), kPlace, spaces));
}

TEST(SealedBlock, ItsLengthTellsStepsOfSixtyFourBytes) {
  const auto size = [](size_t length) {
    return seal::Seal(KeyOf(1), kPlace, std::string(length, 'x')).sealed.size();
  };
  EXPECT_EQ(size(1), size(64));
  EXPECT_LT(size(64), size(65));
  EXPECT_EQ(size(65), size(128));
}

// Two texts under one record id: with one nonce, they would show their difference.
TEST(SealedBlock, ARecordIdThatIsUsedTwiceRevealsNothing) {
  const std::string one = *FromBase64(seal::Seal(KeyOf(1), kPlace, std::string(64, 'a')).sealed);
  const std::string two = *FromBase64(seal::Seal(KeyOf(1), kPlace, std::string(64, 'b')).sealed);
  std::set<char> differences;
  for (size_t i = 0; i < 64; ++i) differences.insert(static_cast<char>(one[i] ^ two[i]));
  EXPECT_GT(differences.size(), 16u) << "the key stream was used twice";
}

TEST(SealedBlock, ManyThreadsSealAtOnce) {
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&wrong, t] {
      std::mt19937 random(static_cast<unsigned>(t));
      for (int i = 0; i < 500; ++i) {
        const Seed key = KeyOf(static_cast<uint8_t>(random()));
        const std::string plain = "{" + std::string(random() % 300, 'x') + "}";
        const SealedBlock block = seal::Seal(key, kPlace, plain);
        wrong[t] += seal::Unseal(key, kPlace, block) != plain;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4));
}

}  // namespace
}  // namespace contacts::testing
