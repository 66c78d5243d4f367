#include "events/seal/seed.h"

#include <algorithm>
#include <string>

namespace contacts::seal {

Hash DerivePublic(SeedUse use, const Seed& seed, std::string_view more) {
  // All that we write fits; a record that others wrote can have a longer id.
  std::array<char, 192> small;
  const size_t size = 1 + seed.bytes.size() + more.size();
  std::string large;
  char* const bytes = size <= small.size() ? small.data() : (large.resize(size), large.data());
  bytes[0] = static_cast<char>(use);
  std::copy(seed.bytes.begin(), seed.bytes.end(), bytes + 1);
  std::copy(more.begin(), more.end(), bytes + 1 + seed.bytes.size());
  const Hash hash = Sha256({bytes, size});
  OPENSSL_cleanse(bytes, size);
  return hash;
}

Seed Derive(SeedUse use, const Seed& seed, std::string_view more) {
  Hash hash = DerivePublic(use, seed, more);
  Seed derived(hash.bytes);
  OPENSSL_cleanse(hash.bytes.data(), hash.bytes.size());
  return derived;
}

void ForgetDerived() { (void)Sha256({}); }

}  // namespace contacts::seal
