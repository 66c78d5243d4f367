// One instance's keys over a store that several share.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <thread>

#include "events/seal/keyring.h"
#include "events/seal/store_keys.h"
#include "infra/keys/stored_keys.h"
#include "tests/events/seal/trees.h"
#include "tests/infra/keys/shared_secrets.h"
#include "tests/support/eventually.h"

namespace contacts::testing {

inline const TenantId kAcme{"acme"};

// Nothing is left to others for long.
inline StoredKeys::Options QuickKeys() {
  StoredKeys::Options options;
  options.others_after = StoredKeys::Time(5);
  options.at_random = StoredKeys::Time(10);
  options.first_retry = StoredKeys::Time(1);
  options.longest_retry = StoredKeys::Time(4);
  return options;
}
// The thread mends nothing within the test, so only what the test calls is written.
inline StoredKeys::Options Patient() {
  StoredKeys::Options options = QuickKeys();
  options.others_after = std::chrono::hours(1);
  return options;
}

struct KeyInstance {
  explicit KeyInstance(SharedSecrets& shared, StoredKeys::Options options = Patient(),
                       std::function<SharedSecretStore::Fate()> fate = {})
      : store(shared) {
    if (fate) store.fate = std::move(fate);
    auto opened = StoredKeys::Open(store, keyring, options);
    keys = std::move(*opened);
  }
  seal::FoundKey Find(const seal::TreeId& tree, seal::Leaf leaf) {
    return keyring.Find(kAcme, tree, leaf);
  }

  SharedSecretStore store;
  seal::Keyring keyring;
  std::unique_ptr<StoredKeys> keys;
};

// The tenant's tree as the store has it, without anything that history says.
inline seal::KeyTree TreeIn(const SharedSecrets& shared, const seal::TreeId& tree,
                            const TenantId& tenant = kAcme) {
  seal::KeyTree found;
  for (const auto& [id, secret] : shared.Now()) {
    const auto read = seal::ReadStored(id, secret);
    if (read && read->tenant == tenant && read->tree == tree) found.Apply(read->change);
  }
  return found;
}

}  // namespace contacts::testing
