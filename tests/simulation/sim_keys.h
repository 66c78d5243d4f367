// The keys of one instance: its keyring, and the steps that StoredKeys takes on its thread, in
// virtual time.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "command/writer/clock.h"
#include "events/erasure.h"
#include "events/seal/keyring.h"
#include "infra/base/growing_pause.h"
#include "infra/keys/tree_repairs.h"
#include "infra/keys/tree_writer.h"
#include "projections/store/view_store.h"
#include "tests/simulation/sim_secrets.h"

namespace contacts::sim {

class SimKeys {
 public:
  // Reads the store to its end, as a start does.
  SimKeys(SimSecrets& secrets, Instant now);

  seal::Keyring& keyring() { return keyring_; }

  // What KeyKeeper does with an erasure, and at the start.
  void Erased(const Erasure& erasure, bool ours, const ViewReader& views);
  void NoteErasedBefore(const ViewReader& views);
  bool HasTree(const TenantId& tenant) const { return keyring_.HasTree(tenant); }
  // Tries once to make the tenant's tree, again after a failure; true: it is there.
  bool MakeTree(const TenantId& tenant);

  void ReadSome(size_t count) { store_.ReadSome(count); }
  void Step(Instant now);
  // Everything is read, answered and mended.
  bool IsIdle() const;
  // What it takes to erase each erased leaf once in each tree.
  size_t MostWrites() const;
  // When Step has something to do next.
  Instant next() const;

 private:
  void NoteErased(const TenantId& tenant, seal::Leaf leaf);
  void Answer();
  void EraseOwn();
  void Repair();

  SimSecrets& secrets_;
  Instant now_;
  seal::Keyring keyring_;
  SimSecretReader store_;
  TreeWriter writer_;
  TreeRepairs repairs_;
  std::deque<std::pair<TenantId, seal::Leaf>> own_;  // erased by this instance, oldest first
  std::map<TenantId, TreeWriter::NewTree> new_trees_;
  Instant write_at_{};
  GrowingPause write_retry_;
};

}  // namespace contacts::sim
