#include "events/seal/keyring.h"

#include "events/seal/block.h"
#include "events/values/hash.h"

namespace contacts::seal {
namespace {

// Keys of actors and months cost up to 64 hashes each, and few of them are in use at a time.
constexpr size_t kKept = 256;

}  // namespace

std::string ToHex(const TreeId& tree) {
  return contacts::ToHex(
      std::string_view(reinterpret_cast<const char*>(tree.bytes.data()), tree.bytes.size()));
}

std::optional<TreeId> TreeIdFrom(std::string_view hex) {
  TreeId tree;
  return FromHex(hex, tree.bytes) ? std::optional(tree) : std::nullopt;
}

// Keys that were derived are kept until the tree changes: none of them outlives the erasure of its
// leaf.
struct Keyring::Tree {
  KeyTree nodes;
  std::map<Leaf, Seed> kept;
};

struct Keyring::Tenant {
  std::mutex mutex;
  std::map<TreeId, Tree> trees;
  std::set<Leaf> told;  // erased, as history says

  const KeyTree* NodesOf(const TreeId& tree) const {
    const auto found = trees.find(tree);
    return found == trees.end() ? nullptr : &found->second.nodes;
  }
  std::set<Leaf> Erased() const {
    std::set<Leaf> all = told;
    for (const auto& [tree, nodes] : trees) {
      all.insert(nodes.nodes.erased().begin(), nodes.nodes.erased().end());
    }
    return all;
  }
  FoundKey Find(const TreeId& tree, Leaf leaf) {
    if (told.contains(leaf)) return {std::nullopt, true};
    const auto found = trees.find(tree);
    return found == trees.end() ? FoundKey{} : found->second.nodes.Find(leaf);
  }
  // Does not disturb the path to the contact that was asked for last.
  FoundKey FindKept(const TreeId& tree, Leaf leaf) {
    if (told.contains(leaf)) return {std::nullopt, true};
    const auto found = trees.find(tree);
    if (found == trees.end()) return {};
    std::map<Leaf, Seed>& kept = found->second.kept;
    if (const auto it = kept.find(leaf); it != kept.end()) return {it->second, false};
    const FoundKey key = found->second.nodes.Find(leaf);
    if (key.key) {
      if (kept.size() >= kKept) kept.clear();
      kept.emplace(leaf, *key.key);
    }
    return key;
  }
};

std::shared_ptr<Keyring::Tenant> Keyring::Of(const TenantId& tenant) const {
  const std::shared_lock lock(mutex_);
  const auto found = tenants_.find(tenant);
  return found == tenants_.end() ? nullptr : found->second;
}

std::shared_ptr<Keyring::Tenant> Keyring::OfOrNew(const TenantId& tenant) {
  std::shared_ptr<Tenant> of = Of(tenant);
  if (of != nullptr) return of;
  const std::unique_lock lock(mutex_);
  std::shared_ptr<Tenant>& made = tenants_[tenant];
  if (made == nullptr) made = std::make_shared<Tenant>();
  return made;
}

bool Keyring::NoteErased(const TenantId& tenant, Leaf leaf) {
  const std::shared_ptr<Tenant> of = OfOrNew(tenant);
  const std::lock_guard lock(of->mutex);
  for (auto& [tree, nodes] : of->trees) nodes.kept.erase(leaf);
  return of->told.insert(leaf).second;
}

void Keyring::Apply(const TenantId& tenant, const TreeId& tree, const TreeChange& change) {
  const std::shared_ptr<Tenant> of = OfOrNew(tenant);
  const std::lock_guard lock(of->mutex);
  Tree& changed = of->trees[tree];
  changed.nodes.Apply(change);
  changed.kept.clear();
}

FoundKey Keyring::Find(const TenantId& tenant, const TreeId& tree, Leaf leaf) {
  const std::shared_ptr<Tenant> of = Of(tenant);
  if (of == nullptr) return {};
  const std::lock_guard lock(of->mutex);
  return of->Find(tree, leaf);
}

FoundKey Keyring::FindActor(const TenantId& tenant, const TreeId& tree, std::string_view actor,
                            Timestamp time) {
  const std::shared_ptr<Tenant> of = Of(tenant);
  if (of == nullptr) return {};
  const Leaf leaf = LeafOfActor(actor);
  FoundKey person;
  FoundKey month;
  {
    const std::lock_guard lock(of->mutex);
    person = of->FindKept(tree, leaf);
    month = of->FindKept(tree, LeafOfMonth(time));
  }
  if (person.erased || month.erased) return {std::nullopt, true};
  if (!person.key || !month.key) return {};
  return {ActorKey(*person.key, *month.key), false};
}

std::optional<TreeId> Keyring::SmallestTree(const TenantId& tenant) const {
  const std::shared_ptr<Tenant> of = Of(tenant);
  if (of == nullptr) return std::nullopt;
  const std::lock_guard lock(of->mutex);
  for (const auto& [tree, nodes] : of->trees) {
    if (!nodes.nodes.nodes().empty()) return tree;
  }
  return std::nullopt;
}

bool Keyring::HasTree(const TenantId& tenant) const { return SmallestTree(tenant).has_value(); }

std::optional<TreeId> Keyring::TreeInUse(const TenantId& tenant, std::string_view named) const {
  const std::optional<TreeId> tree = TreeIdFrom(named);
  return tree && Has(tenant, *tree) ? tree : SmallestTree(tenant);
}

bool Keyring::Has(const TenantId& tenant, const TreeId& tree) const {
  const std::shared_ptr<Tenant> of = Of(tenant);
  if (of == nullptr) return false;
  const std::lock_guard lock(of->mutex);
  const KeyTree* const nodes = of->NodesOf(tree);
  return nodes != nullptr && !nodes->nodes().empty();
}

std::vector<TenantId> Keyring::tenants() const {
  const std::shared_lock lock(mutex_);
  std::vector<TenantId> all;
  all.reserve(tenants_.size());
  for (const auto& [tenant, trees] : tenants_) all.push_back(tenant);
  return all;
}

std::vector<TreeId> Keyring::TreesOf(const TenantId& tenant) const {
  std::vector<TreeId> all;
  const std::shared_ptr<Tenant> of = Of(tenant);
  if (of == nullptr) return all;
  const std::lock_guard lock(of->mutex);
  for (const auto& [tree, nodes] : of->trees) all.push_back(tree);
  return all;
}

std::vector<TreeChange> Keyring::ChangesToErase(const TenantId& tenant, const TreeId& tree,
                                                Leaf leaf) const {
  const std::shared_ptr<Tenant> of = Of(tenant);
  if (of == nullptr) return {};
  const std::lock_guard lock(of->mutex);
  const auto found = of->trees.find(tree);
  return found == of->trees.end() ? std::vector<TreeChange>{}
                                  : found->second.nodes.ChangesToErase(leaf);
}

std::vector<Leaf> Keyring::CoveredErased(const TenantId& tenant, const TreeId& tree) const {
  const std::shared_ptr<Tenant> of = Of(tenant);
  if (of == nullptr) return {};
  const std::lock_guard lock(of->mutex);
  const auto found = of->trees.find(tree);
  return found == of->trees.end() ? std::vector<Leaf>{} : found->second.nodes.CoveredErased();
}

std::set<Leaf> Keyring::Erased(const TenantId& tenant) const {
  const std::shared_ptr<Tenant> of = Of(tenant);
  if (of == nullptr) return {};
  const std::lock_guard lock(of->mutex);
  return of->Erased();
}

std::set<Leaf> Keyring::NotFullyErased(const TenantId& tenant, const TreeId& tree) const {
  const std::shared_ptr<Tenant> of = Of(tenant);
  if (of == nullptr) return {};
  const std::lock_guard lock(of->mutex);
  const KeyTree* const nodes = of->NodesOf(tree);
  if (nodes == nullptr) return {};
  std::set<Leaf> missing = of->Erased();
  for (const Leaf leaf : nodes->erased()) missing.erase(leaf);
  for (const Leaf leaf : nodes->CoveredErased()) missing.insert(leaf);
  return missing;
}

bool Keyring::IsFullyErased(const TenantId& tenant, const TreeId& tree, Leaf leaf) const {
  const std::shared_ptr<Tenant> of = Of(tenant);
  if (of == nullptr) return true;
  const std::lock_guard lock(of->mutex);
  const KeyTree* const nodes = of->NodesOf(tree);
  return nodes == nullptr || (nodes->erased().contains(leaf) && !nodes->Covers(leaf));
}

bool Keyring::Holds(const TenantId& tenant, const TreeId& tree, const TreeChange& change) const {
  const std::shared_ptr<Tenant> of = Of(tenant);
  if (of == nullptr) return false;
  const std::lock_guard lock(of->mutex);
  const KeyTree* const nodes = of->NodesOf(tree);
  if (nodes == nullptr) return false;
  if (change.kind == TreeChange::Kind::kMark) return nodes->erased().contains(change.leaf);
  const auto found = nodes->nodes().find(change.node);
  const bool is_there = found != nodes->nodes().end();
  if (change.kind == TreeChange::Kind::kDelete) return !is_there;
  return is_there && found->second == change.seed;
}

bool Keyring::Contradicts(const TenantId& tenant, const TreeId& tree, const TreeChange& put) const {
  const std::shared_ptr<Tenant> of = Of(tenant);
  if (of == nullptr) return false;
  const std::lock_guard lock(of->mutex);
  const KeyTree* const nodes = of->NodesOf(tree);
  if (nodes == nullptr) return false;
  const auto found = nodes->nodes().find(put.node);
  return found != nodes->nodes().end() && !(found->second == put.seed);
}

uint64_t Keyring::AskForAll() {
  const uint64_t asked = asked_.fetch_add(1, std::memory_order_acq_rel) + 1;
  if (on_ask_) {
    on_ask_();
  } else {
    Answer(asked);
  }
  return asked;
}

bool Keyring::HasAll(uint64_t asked) const {
  return answered_.load(std::memory_order_acquire) >= asked;
}

void Keyring::Answer(uint64_t asked) {
  uint64_t before = answered_.load(std::memory_order_relaxed);
  while (before < asked &&
         !answered_.compare_exchange_weak(before, asked, std::memory_order_acq_rel)) {
  }
}

}  // namespace contacts::seal
