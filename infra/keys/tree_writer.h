// Makes key trees and erases leaves in the secret store. It tries once; StoredKeys tries again.
#pragma once

#include <vector>

#include "events/seal/keyring.h"
#include "events/secret_store.h"
#include "events/values/ids.h"
#include "events/values/result.h"

namespace contacts {

// One thread at a time. The keyring follows the store: it has each change when the store's call
// that made it returns.
class TreeWriter {
 public:
  TreeWriter(SecretStore& store, const seal::Keyring& keyring) : store_(store), keyring_(keyring) {}

  // A tree that Make puts into the store; the same again after a failure.
  struct NewTree {
    seal::TreeId id;
    seal::Seed root;
    static NewTree Random();
  };
  // The tree that the tenant uses: one that is there, or the new one. Nothing in it can derive the
  // key of a leaf that is erased in the tenant.
  Result<seal::TreeId> Make(const TenantId& tenant, const NewTree& tree);

  // Erases the leaf in this tree; writes nothing when that is done.
  Result<bool> Erase(const TenantId& tenant, const seal::TreeId& tree, seal::Leaf leaf);
  // Erases the leaf in all trees of the tenant, also in those that others make meanwhile.
  Result<bool> EraseInAll(const TenantId& tenant, seal::Leaf leaf);
  // Puts the leaf's marker, whatever is there.
  Result<bool> Mark(const TenantId& tenant, const seal::TreeId& tree, seal::Leaf leaf);

 private:
  Result<bool> Write(const TenantId& tenant, const seal::TreeId& tree,
                     const std::vector<seal::TreeChange>& changes);
  Result<bool> PutAll(std::vector<StoredSecret>* secrets);

  SecretStore& store_;
  const seal::Keyring& keyring_;
};

}  // namespace contacts
