// A secret of 32 bytes: a node of a key tree, or a key.
#pragma once

#include <openssl/crypto.h>

#include <array>
#include <cstdint>
#include <string_view>

#include "events/values/hash.h"

namespace contacts::seal {

// Overwritten when it goes, in a way that is not optimized away; so is each copy.
struct Seed {
  std::array<uint8_t, 32> bytes{};

  Seed() = default;
  explicit Seed(const std::array<uint8_t, 32>& of) : bytes(of) {}
  Seed(const Seed&) = default;
  Seed& operator=(const Seed&) = default;
  ~Seed() { OPENSSL_cleanse(bytes.data(), bytes.size()); }

  bool operator==(const Seed&) const = default;
  std::string_view view() const {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
};

// Each use of a seed hashes it behind a byte of its own, so that no two uses give the same bytes.
enum class SeedUse : uint8_t {
  kLeftChild = 0,
  kRightChild = 1,
  kCipherKey = 2,
  kNonce = 3,
  kOpening = 4,
  kActorKey = 5,
};

// SHA-256(use || seed || more), as a secret.
Seed Derive(SeedUse use, const Seed& seed, std::string_view more = {});
// Derives in the same way for a use whose result is not secret.
Hash DerivePublic(SeedUse use, const Seed& seed, std::string_view more);

// To be called after the last Derive of a piece of work: the digest of this thread keeps its newest
// input and result until the next one.
void ForgetDerived();

}  // namespace contacts::seal
