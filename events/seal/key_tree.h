// The keys of a tenant: the leaves of a binary tree of depth 64 over one random root (Goldreich,
// Goldwasser, Micali, "How to construct random functions", 1986):
//
//   child(seed, bit) = SHA-256(bit || seed)
//
// A set of nodes is stored, at first the root alone. To erase a leaf, the siblings along
// its path are put, then a marker of the leaf, then the nodes above it are deleted. Every other
// leaf can be derived afterwards, that one never again. A marker holds no secret: it tells *erased*
// from *lost*, which is a fault.
//
// The rule: no stored node covers an erased leaf. An instance that sees one erases the leaf again;
// so an erasure that a crash cut, or a node that came back, is mended.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "events/seal/leaf.h"
#include "events/seal/seed.h"

namespace contacts::seal {

inline constexpr int kDepth = 64;

// `prefix`: the first `depth` bits of the leaves below it; depth 0 is the root.
struct Node {
  uint8_t depth = 0;
  uint64_t prefix = 0;
  auto operator<=>(const Node&) const = default;

  // It is a node of a tree. Whoever reads one from a store asks first: KeyTree takes no other.
  bool IsValid() const;
  bool Covers(Leaf leaf) const;
};

struct TreeChange {
  enum class Kind { kPut, kMark, kDelete };
  Kind kind = Kind::kPut;
  Node node;  // of kPut and kDelete
  Leaf leaf;  // of kMark
  Seed seed;  // of kPut
};

// nullopt without `erased`: the key is lost.
struct FoundKey {
  std::optional<Seed> key;
  bool erased = false;
};

// One thread at a time. No seed that it derived outlives a change.
class KeyTree {
 public:
  void Apply(const TreeChange& change);

  // Two hashes for the neighbour of the leaf that was asked for last, 64 at most.
  FoundKey Find(Leaf leaf);

  // The changes that erase a leaf, in the order in which they must become durable: all puts, the
  // marker, all deletes. The last kind must not begin before the one before it is acknowledged. A
  // leaf that is erased and covered by no node has only its marker put again.
  std::vector<TreeChange> ChangesToErase(Leaf leaf) const;

  // A stored node covers the leaf.
  bool Covers(Leaf leaf) const { return CoverOf(leaf) != nullptr; }
  // Erased leaves that a stored node covers: each is to be erased again.
  std::vector<Leaf> CoveredErased() const;

  const std::map<Node, Seed>& nodes() const { return nodes_; }
  const std::set<Leaf>& erased() const { return erased_; }

 private:
  // The stored node deepest above the leaf; nullptr: none.
  const std::pair<const Node, Seed>* CoverOf(Leaf leaf) const;
  void ForgetPath();

  std::map<Node, Seed> nodes_;
  std::array<uint32_t, kDepth + 1> nodes_at_{};  // how many are stored, by depth
  std::set<Leaf> erased_;

  // Seeds along the path to the leaf that was asked for last, from path_top_ down.
  std::optional<Leaf> path_leaf_;
  int path_top_ = 0;
  std::array<Seed, kDepth + 1> path_;
};

}  // namespace contacts::seal
