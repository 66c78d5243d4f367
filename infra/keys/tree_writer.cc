#include "infra/keys/tree_writer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "events/seal/store_keys.h"
#include "infra/base/random.h"
#include "infra/base/wipe.h"

namespace contacts {
namespace {

using seal::KeyTree;
using seal::Leaf;
using seal::TreeChange;
using seal::TreeId;

// The store acknowledges so many together, which keeps its memory and its waiting small.
constexpr size_t kAtOnce = 500;

StoredSecret ToStore(const TenantId& tenant, const TreeId& tree, const TreeChange& change) {
  return {StoreKeyOf(tenant, tree, change),
          std::string(change.kind == TreeChange::Kind::kMark ? seal::kMarker : change.seed.view())};
}

// What erases all these leaves from a new tree: fewer changes than erasing one after the other.
std::vector<TreeChange> ChangesToSplit(const seal::Seed& root, const std::set<Leaf>& erased) {
  const TreeChange whole{TreeChange::Kind::kPut, seal::Node{}, {}, root};
  KeyTree tree;
  tree.Apply(whole);
  for (const Leaf leaf : erased) {
    for (const TreeChange& change : tree.ChangesToErase(leaf)) tree.Apply(change);
  }
  std::vector<TreeChange> changes;
  for (const auto& [node, seed] : tree.nodes()) {
    changes.push_back({TreeChange::Kind::kPut, node, {}, seed});
  }
  changes.push_back({TreeChange::Kind::kDelete, whole.node, {}, {}});
  return changes;
}

}  // namespace

TreeWriter::NewTree TreeWriter::NewTree::Random() {
  NewTree tree;
  FillRandom(tree.id.bytes.data(), tree.id.bytes.size());
  FillRandom(tree.root.bytes.data(), tree.root.bytes.size());
  return tree;
}

Result<bool> TreeWriter::PutAll(std::vector<StoredSecret>* secrets) {
  auto put = secrets->empty() ? Result<bool>(true) : store_.PutAll(*secrets);
  for (StoredSecret& one : *secrets) Wipe(&one.secret);
  secrets->clear();
  return put;
}

// Each change is acknowledged before the next kind begins.
Result<bool> TreeWriter::Write(const TenantId& tenant, const TreeId& tree,
                               const std::vector<TreeChange>& changes) {
  std::vector<StoredSecret> together;
  for (size_t i = 0; i < changes.size(); ++i) {
    const TreeChange& change = changes[i];
    if (change.kind == TreeChange::Kind::kDelete) {
      const auto erased = store_.Erase(StoreKeyOf(tenant, tree, change));
      if (!erased.ok()) return erased;
      continue;
    }
    together.push_back(ToStore(tenant, tree, change));
    const bool ends = i + 1 == changes.size() || changes[i + 1].kind != change.kind;
    if (!ends && together.size() < kAtOnce) continue;
    if (const auto put = PutAll(&together); !put.ok()) return put;
  }
  return true;
}

// The markers come first: no instance that sees the tree takes it for one in which an erased
// person has a key. The root comes next and all at once, since a tree with a part of its nodes has
// lost the others.
Result<TreeId> TreeWriter::Make(const TenantId& tenant, const NewTree& tree) {
  if (const auto read = store_.CatchUp(); !read.ok()) return read.error();
  const std::optional<TreeId> there = keyring_.SmallestTree(tenant);
  if (there && *there != tree.id) return *there;
  const std::set<Leaf> erased = keyring_.Erased(tenant);
  if (!there) {
    std::vector<TreeChange> changes;
    for (const Leaf leaf : erased) changes.push_back({TreeChange::Kind::kMark, {}, leaf, {}});
    changes.push_back({TreeChange::Kind::kPut, seal::Node{}, {}, tree.root});
    if (const auto put = Write(tenant, tree.id, changes); !put.ok()) return put.error();
  }
  if (!erased.empty()) {
    std::vector<TreeChange> changes = ChangesToSplit(tree.root, erased);
    std::erase_if(changes, [&](const auto& one) { return keyring_.Holds(tenant, tree.id, one); });
    const auto split = Write(tenant, tree.id, changes);
    if (!split.ok()) return split.error();
  }
  if (const auto read = store_.CatchUp(); !read.ok()) return read.error();
  for (const Leaf leaf : keyring_.NotFullyErased(tenant, tree.id)) {  // erased meanwhile
    if (const auto done = Erase(tenant, tree.id, leaf); !done.ok()) return done.error();
  }
  return keyring_.SmallestTree(tenant).value_or(tree.id);
}

Result<bool> TreeWriter::Erase(const TenantId& tenant, const TreeId& tree, Leaf leaf) {
  if (keyring_.IsFullyErased(tenant, tree, leaf)) return true;
  std::vector<TreeChange> changes = keyring_.ChangesToErase(tenant, tree, leaf);
  // An erasure that was cut goes on where it was, however often it is cut.
  std::erase_if(changes, [&](const auto& one) { return keyring_.Holds(tenant, tree, one); });
  return Write(tenant, tree, changes);
}

Result<bool> TreeWriter::EraseInAll(const TenantId& tenant, Leaf leaf) {
  for (;;) {
    if (const auto read = store_.CatchUp(); !read.ok()) return read;
    bool done = true;
    for (const TreeId& tree : keyring_.TreesOf(tenant)) {
      if (keyring_.IsFullyErased(tenant, tree, leaf)) continue;
      done = false;
      if (const auto erased = Erase(tenant, tree, leaf); !erased.ok()) return erased;
    }
    if (done) return true;
  }
}

Result<bool> TreeWriter::Mark(const TenantId& tenant, const TreeId& tree, Leaf leaf) {
  return Write(tenant, tree, {{TreeChange::Kind::kMark, {}, leaf, {}}});
}

}  // namespace contacts
