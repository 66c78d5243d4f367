#include "events/seal/key_tree.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "events/values/invariant.h"

namespace contacts::seal {
namespace {

int BitOf(Leaf leaf, int depth) { return static_cast<int>(leaf.value >> (kDepth - 1 - depth) & 1); }

// A shift by 64 is undefined.
uint64_t PrefixOf(Leaf leaf, int depth) { return depth == 0 ? 0 : leaf.value >> (kDepth - depth); }

Node NodeAbove(Leaf leaf, int depth) {
  return {static_cast<uint8_t>(depth), PrefixOf(leaf, depth)};
}

Seed Child(const Seed& seed, int bit) {
  return Derive(bit == 0 ? SeedUse::kLeftChild : SeedUse::kRightChild, seed);
}

// The first leaf below a node, and the last.
std::pair<Leaf, Leaf> LeavesBelow(const Node& node) {
  if (node.depth == 0) return {Leaf{0}, Leaf{~uint64_t{0}}};
  const int shift = kDepth - node.depth;
  const uint64_t first = node.prefix << shift;
  return {Leaf{first}, Leaf{first | ((uint64_t{1} << shift) - 1)}};
}

}  // namespace

bool Node::IsValid() const { return depth <= kDepth && (depth == kDepth || prefix >> depth == 0); }

bool Node::Covers(Leaf leaf) const { return PrefixOf(leaf, depth) == prefix; }

void KeyTree::Apply(const TreeChange& change) {
  ForgetPath();
  CONTACTS_INVARIANT(change.node.IsValid());
  switch (change.kind) {
    case TreeChange::Kind::kPut:
      nodes_at_[change.node.depth] += nodes_.insert_or_assign(change.node, change.seed).second;
      break;
    case TreeChange::Kind::kMark:
      erased_.insert(change.leaf);
      break;
    case TreeChange::Kind::kDelete:
      nodes_at_[change.node.depth] -= static_cast<uint32_t>(nodes_.erase(change.node));
      break;
  }
}

const std::pair<const Node, Seed>* KeyTree::CoverOf(Leaf leaf) const {
  for (int depth = kDepth; depth >= 0; --depth) {
    if (nodes_at_[static_cast<size_t>(depth)] == 0) continue;
    const auto found = nodes_.find(NodeAbove(leaf, depth));
    if (found != nodes_.end()) return &*found;
  }
  return nullptr;
}

FoundKey KeyTree::Find(Leaf leaf) {
  // The leaf's marker counts even while a node that is still to be deleted covers the leaf.
  if (erased_.contains(leaf)) return {std::nullopt, true};
  const auto* const cover = CoverOf(leaf);
  if (cover == nullptr) return {};
  const int top = cover->first.depth;
  int depth = top;
  if (path_leaf_ && path_top_ == top && NodeAbove(*path_leaf_, top) == cover->first) {
    depth = std::max(top, std::countl_zero(path_leaf_->value ^ leaf.value));
  } else {
    path_[static_cast<size_t>(top)] = cover->second;
  }
  const bool derives = depth < kDepth;
  for (; depth < kDepth; ++depth) {
    path_[static_cast<size_t>(depth) + 1] =
        Child(path_[static_cast<size_t>(depth)], BitOf(leaf, depth));
  }
  if (derives) ForgetDerived();
  path_leaf_ = leaf;
  path_top_ = top;
  return {path_[kDepth], false};
}

std::vector<TreeChange> KeyTree::ChangesToErase(Leaf leaf) const {
  using Kind = TreeChange::Kind;
  std::vector<TreeChange> puts;
  std::vector<TreeChange> deletes;
  for (int top = 0; top <= kDepth; ++top) {
    const auto covering = nodes_.find(NodeAbove(leaf, top));
    if (covering == nodes_.end()) continue;
    Seed seed = covering->second;
    for (int depth = top; depth < kDepth; ++depth) {
      const int bit = BitOf(leaf, depth);
      const Node sibling{static_cast<uint8_t>(depth + 1), PrefixOf(leaf, depth + 1) ^ 1};
      puts.push_back({Kind::kPut, sibling, {}, Child(seed, 1 - bit)});
      seed = Child(seed, bit);
    }
    deletes.push_back({Kind::kDelete, covering->first, {}, {}});
  }
  ForgetDerived();
  puts.push_back({Kind::kMark, {}, leaf, {}});
  std::move(deletes.begin(), deletes.end(), std::back_inserter(puts));
  return puts;
}

std::vector<Leaf> KeyTree::CoveredErased() const {
  std::set<Leaf> covered;
  for (const auto& [node, seed] : nodes_) {
    const auto [first, last] = LeavesBelow(node);
    covered.insert(erased_.lower_bound(first), erased_.upper_bound(last));
  }
  return {covered.begin(), covered.end()};
}

void KeyTree::ForgetPath() {
  if (!path_leaf_) return;
  path_leaf_.reset();
  path_.fill(Seed());
}

}  // namespace contacts::seal
