// The key trees of all tenants, in memory: what the secret store holds of them, as far as it was
// read. Readers of records ask here and never wait; whoever follows the store (infra/keys/) tells
// of each change.
//
// A tree may be missing here though it is in the store, because another instance has just made it.
// A reader that must know asks for all changes (AskForAll), goes on with other work, and looks
// again once they are here (HasAll).
#pragma once

#include <array>
#include <atomic>
#include <compare>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "events/seal/key_tree.h"
#include "events/seal/leaf.h"
#include "events/seal/seed.h"
#include "events/values/ids.h"
#include "events/values/time.h"

namespace contacts::seal {

// Names one tree of a tenant: 128 random bits; in records 32 lower-case hex digits.
struct TreeId {
  std::array<uint8_t, 16> bytes{};
  auto operator<=>(const TreeId&) const = default;
};
std::string ToHex(const TreeId& tree);
// nullopt: not 32 lower-case hex digits.
std::optional<TreeId> TreeIdFrom(std::string_view hex);

// Any thread.
class Keyring {
 public:
  Keyring() = default;
  Keyring(const Keyring&) = delete;
  Keyring& operator=(const Keyring&) = delete;

  // A change that the store has made durable. A tree begins with its first change.
  void Apply(const TenantId& tenant, const TreeId& tree, const TreeChange& change);

  // History erased the leaf: from now on it counts as erased in every tree of the tenant, also
  // while its marker is not stored yet, or was lost. False: that was known.
  bool NoteErased(const TenantId& tenant, Leaf leaf);

  FoundKey Find(const TenantId& tenant, const TreeId& tree, Leaf leaf);
  // The key of an actor's block (block.h, ActorKey) in a record of that time.
  FoundKey FindActor(const TenantId& tenant, const TreeId& tree, std::string_view actor,
                     Timestamp time);

  // The tree that a tenant without keys in its history uses; nullopt: it has none. A tree of which
  // only markers are stored is not counted: its making was cut, or all of it was lost.
  std::optional<TreeId> SmallestTree(const TenantId& tenant) const;
  bool HasTree(const TenantId& tenant) const;  // any
  // The tree that a tenant seals with: `named`, which its history named last, if it is here; else,
  // as after the operator adopted another store, the smallest. nullopt: it has none.
  std::optional<TreeId> TreeInUse(const TenantId& tenant, std::string_view named) const;
  bool Has(const TenantId& tenant, const TreeId& tree) const;
  std::vector<TenantId> tenants() const;
  std::vector<TreeId> TreesOf(const TenantId& tenant) const;
  // The changes that erase the leaf from this tree, and the leaves that must be erased again
  // (key_tree.h).
  std::vector<TreeChange> ChangesToErase(const TenantId& tenant, const TreeId& tree,
                                         Leaf leaf) const;
  std::vector<Leaf> CoveredErased(const TenantId& tenant, const TreeId& tree) const;
  // The leaves of CoveredErased, and those that Erased has and this tree no marker of.
  std::set<Leaf> NotFullyErased(const TenantId& tenant, const TreeId& tree) const;
  // The same for one leaf that is erased.
  bool IsFullyErased(const TenantId& tenant, const TreeId& tree, Leaf leaf) const;
  // The change is here already; Contradicts: another seed of the node is, so that one of the two is
  // not of this tree.
  bool Holds(const TenantId& tenant, const TreeId& tree, const TreeChange& change) const;
  bool Contradicts(const TenantId& tenant, const TreeId& tree, const TreeChange& put) const;
  // The leaves of which a marker is stored for any tree of the tenant, and those of NoteErased.
  std::set<Leaf> Erased(const TenantId& tenant) const;

  // Asks whoever follows the store for all that it holds at the time of the call; never waits.
  uint64_t AskForAll();
  // All that the store held at that call is here. Without a follower (OnAsk), always.
  bool HasAll(uint64_t asked) const;

  // For whoever follows the store. `asked` is called by AskForAll on the asking thread and must not
  // block; nullptr: nobody follows any more. Set it while no other thread uses the keyring.
  void OnAsk(std::function<void()> asked) { on_ask_ = std::move(asked); }
  uint64_t newest_ask() const { return asked_.load(std::memory_order_acquire); }
  // The store was read to its end, after the call of AskForAll that returned `asked`.
  void Answer(uint64_t asked);

 private:
  struct Tree;
  struct Tenant;

  std::shared_ptr<Tenant> Of(const TenantId& tenant) const;
  std::shared_ptr<Tenant> OfOrNew(const TenantId& tenant);

  mutable std::shared_mutex mutex_;  // guards the map; each Tenant has a lock of its own
  std::map<TenantId, std::shared_ptr<Tenant>> tenants_;

  std::function<void()> on_ask_;
  std::atomic<uint64_t> asked_{0};
  std::atomic<uint64_t> answered_{0};
};

}  // namespace contacts::seal
