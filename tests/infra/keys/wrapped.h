// Stores of one set of secrets with master keys, for tests.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "infra/keys/wrapped_secrets.h"
#include "tests/infra/keys/shared_secrets.h"

namespace contacts::testing {

inline const std::string kHash = "$argon2id$v=19$m=65536,t=2,p=1$c2FsdA$aGFzaA";

// The keys 1, 2 … in a file that is not there.
inline MasterKeyFile Keys(const std::vector<uint8_t>& fills) {
  std::vector<seal::Seed> keys(fills.size());
  for (size_t i = 0; i < fills.size(); ++i) keys[i].bytes.fill(fills[i]);
  return {fills.empty() ? "" : "/etc/master-keys", seal::MasterKeys(std::move(keys))};
}

// One instance with its keys.
struct Wrapping {
  Wrapping(SharedSecrets& shared, const MasterKeyFile& keys) {
    auto below = std::make_unique<SharedSecretStore>(shared);
    (void)below->CatchUp();
    raw = below.get();
    auto opened = WrappedSecrets::Open(std::move(below), keys);
    if (!opened.ok()) throw std::runtime_error(opened.error().message);
    store = std::move(*opened);
  }
  Result<WrappedSecrets::Wrapped> WrapAll() {
    return store->WrapAll([](auto) { return false; });
  }

  SharedSecretStore* raw = nullptr;
  std::unique_ptr<WrappedSecrets> store;
};

inline std::string WhyNotOpened(SharedSecrets& shared, const MasterKeyFile& keys) try {
  (void)Wrapping(shared, keys);
  return "";
} catch (const std::runtime_error& failure) {
  return failure.what();
}

}  // namespace contacts::testing
