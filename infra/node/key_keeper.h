// Joins history with the key trees: makes the tree of a tenant before its first record, and sees to
// it that what history erased has no key any more (events/seal/README.md).
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/erasure.h"
#include "events/seal/keyring.h"
#include "events/values/error.h"
#include "events/values/result.h"
#include "infra/base/worker_pool.h"
#include "infra/keys/stored_keys.h"
#include "projections/store/view_store.h"

namespace contacts {

// Any thread.
class KeyKeeper {
 public:
  // All must outlive it. `actor_erased`: called for each actor that was erased.
  KeyKeeper(StoredKeys& keys, seal::Keyring& keyring, const ViewReader& views,
            std::function<void(const TenantId&, const std::string& actor)> actor_erased);
  ~KeyKeeper() { Stop(); }

  // Makes sure that the tenant has a tree; `done` gets the error if that failed. Never waits.
  void MakeTree(const TenantId& tenant, std::function<void(std::optional<Error>)> done);

  // The pseudonym of another application's user in this tenant (events/actor.h). The key for it is
  // that of an actor that nobody is, in the tree that the tenant uses, so it stays the same while
  // that tree is in use. Empty: the tenant has no tree yet; one is then being made. Never waits.
  std::string Pseudonym(const TenantId& tenant, std::string_view id);

  // A record of history erased this. From now on nobody here gets a key of it. `ours`: a record of
  // this instance, which destroys the keys in the store at once; other instances look a minute
  // later whether that was done. Never waits.
  void Erased(const Erasure& erasure, bool ours);

  // Destroys the keys of what was erased. Blocks; the error: Stop was called, or nothing may be
  // written.
  Result<bool> Destroy(const Erasure& erasure);
  // Destroys the keys of all that was erased so far and is this instance's to destroy. Blocks, and
  // tries again until the store has acknowledged. The error: Stop was called.
  Result<bool> FinishErasing();

  // Tells the keys what the views know of erasures, for use before the log is followed: the store
  // of secrets may be an older copy, or have lost its markers.
  void NoteErasedBefore();

  // Ends all work; what is left of an erasure is done after the next start.
  void Stop();

 private:
  Result<bool> Erase(const TenantId& tenant, const std::vector<seal::Leaf>& leaves);

  StoredKeys& keys_;
  seal::Keyring& keyring_;
  const ViewReader& views_;
  const std::function<void(const TenantId&, const std::string&)> actor_erased_;
  std::mutex mutex_;
  std::set<std::pair<TenantId, seal::Leaf>> unfinished_;  // to be destroyed by this instance
  WorkerPool pool_;
};

}  // namespace contacts
