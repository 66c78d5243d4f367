#include "events/seal/block.h"

#include <openssl/crypto.h>

#include "events/seal/cipher.h"
#include "events/values/base64.h"

namespace contacts::seal {
namespace {

constexpr size_t kPadTo = 64;

std::string_view ViewOf(const Hash& hash) {
  return {reinterpret_cast<const char*>(hash.bytes.data()), hash.bytes.size()};
}

size_t PaddedSize(size_t size) { return (size + kPadTo - 1) / kPadTo * kPadTo; }

std::string NameOf(const BlockPlace& place) {
  std::string name(place.record);
  name += '\0';
  name += place.part;
  return name;
}

std::string AadOf(const BlockPlace& place) {
  std::string aad(place.tenant);
  for (const std::string_view text : {place.record, place.part, place.type, place.subject}) {
    aad += '\n';
    aad += text;
  }
  return aad;
}

// The cipher of one block. The digest of this thread then holds what came from the key, until it
// hashes something else or ForgetDerived is called.
Cipher CipherOf(Cipher::Direction direction, const Seed& key, const BlockPlace& place,
                const Hash& commitment) {
  const Seed cipher_key = Derive(SeedUse::kCipherKey, key);
  const Hash nonce = DerivePublic(SeedUse::kNonce, key, NameOf(place).append(ViewOf(commitment)));
  return {direction, cipher_key, ViewOf(nonce).substr(0, Cipher::kNonceSize), AadOf(place)};
}

Hash CommitmentOf(const Hash& opening, std::string_view padded) {
  std::string both(ViewOf(opening));
  both += padded;
  const Hash commitment = Sha256(both);
  OPENSSL_cleanse(both.data(), both.size());
  return commitment;
}

}  // namespace

Seed ActorKey(const Seed& actor, const Seed& month) {
  Seed key = Derive(SeedUse::kActorKey, actor, month.view());
  ForgetDerived();
  return key;
}

std::string Padded(std::string_view plain) {
  std::string padded(plain);
  padded.resize(PaddedSize(plain.size()), ' ');
  return padded;
}

Hash OpeningOf(const Seed& key, const BlockPlace& place) {
  return DerivePublic(SeedUse::kOpening, key, NameOf(place));
}

bool IsCommittedTo(std::string_view padded, const Hash& opening, const Hash& commitment) {
  return CommitmentOf(opening, padded) == commitment;
}

SealedBlock Seal(const Seed& key, const BlockPlace& place, std::string_view plain) {
  std::string padded = Padded(plain);
  const Wiping wiping(&padded);
  const Hash commitment = CommitmentOf(OpeningOf(key, place), padded);
  Cipher cipher = CipherOf(Cipher::Direction::kSeal, key, place, commitment);
  ForgetDerived();
  std::string sealed = cipher.Update(padded);
  sealed += cipher.Tag();
  return {ToBase64(sealed), commitment};
}

std::optional<std::string> Unseal(const Seed& key, const BlockPlace& place,
                                  const SealedBlock& block) {
  const std::optional<std::string> bytes = FromBase64(block.sealed);
  if (!bytes || bytes->size() < kPadTo + Cipher::kTagSize) return std::nullopt;
  const size_t size = bytes->size() - Cipher::kTagSize;
  Cipher cipher = CipherOf(Cipher::Direction::kOpen, key, place, block.commitment);
  std::string padded = cipher.Update(std::string_view(*bytes).substr(0, size));
  const Wiping wiping(&padded);
  if (!cipher.HasTag(std::string_view(*bytes).substr(size))) {
    ForgetDerived();
    return std::nullopt;
  }
  if (!IsCommittedTo(padded, OpeningOf(key, place), block.commitment)) return std::nullopt;
  const size_t length = padded.find_last_not_of(' ') + 1;
  if (PaddedSize(length) != size) return std::nullopt;
  return padded.substr(0, length);
}

}  // namespace contacts::seal
