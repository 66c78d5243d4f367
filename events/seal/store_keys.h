// What the secret store (events/secret_store.h) holds of key trees:
//
//   id                                   secret
//   "k" tenant 00 tree depth prefix      a node: its seed, 32 bytes
//   "g" tenant 00 tree leaf              the marker of an erased leaf: "1"
//
// `tree`: 16 bytes; `depth`: 1; `prefix` and `leaf`: 8, big-endian. A tenant's name holds no 00,
// and no other id of the store begins with these letters. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "events/seal/key_tree.h"
#include "events/seal/keyring.h"
#include "events/values/ids.h"

namespace contacts::seal {

inline constexpr std::string_view kNodes = "k";
inline constexpr std::string_view kMarkers = "g";
inline constexpr std::string_view kMarker = "1";

// Whether the id has the first letter of one of a key tree.
bool IsOfAKeyTree(std::string_view id);

std::string StoreKeyOf(const TenantId& tenant, const TreeId& tree, const Node& node);
std::string StoreKeyOf(const TenantId& tenant, const TreeId& tree, Leaf leaf);
// The id of what a change puts or deletes.
std::string StoreKeyOf(const TenantId& tenant, const TreeId& tree, const TreeChange& change);

struct StoredChange {
  TenantId tenant;
  TreeId tree;
  TreeChange change;
  bool unmarks = false;  // the marker of change.leaf was deleted, which nothing of ours does
};
// `secret`: nullopt: it was deleted. nullopt: no build of Contacts writes this.
std::optional<StoredChange> ReadStored(std::string_view id,
                                       const std::optional<std::string_view>& secret);

}  // namespace contacts::seal
