// Key trees for tests.
#pragma once

#include <array>
#include <random>
#include <vector>

#include "events/seal/key_tree.h"

namespace contacts::testing {

inline seal::Leaf LeafOfContact(ContactId contact, int generation = 0) {
  return seal::LeafOfContact(contact, generation).value();
}

inline seal::Seed RootOf(std::mt19937_64& random) {
  std::array<uint8_t, 32> bytes;
  for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(random());
  return seal::Seed(bytes);
}

inline seal::KeyTree TreeOver(const seal::Seed& root) {
  seal::KeyTree tree;
  tree.Apply({seal::TreeChange::Kind::kPut, seal::Node{}, {}, root});
  return tree;
}

inline void Apply(const std::vector<seal::TreeChange>& changes, seal::KeyTree* tree) {
  for (const seal::TreeChange& change : changes) tree->Apply(change);
}

}  // namespace contacts::testing
