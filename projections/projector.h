// Turns the entries of one partition into read models. It alone applies the rule of history.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "events/erasure.h"
#include "events/event_log.h"
#include "events/history.h"
#include "events/judged.h"
#include "events/made_records.h"
#include "events/record.h"
#include "events/seal/keyring.h"
#include "projections/standings.h"
#include "projections/store/round.h"
#include "projections/store/rows.h"
#include "projections/store/view_store.h"

namespace contacts {

struct DecodedEntry;
class DecodedEntries;

// One thread. Throws StoreFailure.
class Projector {
 public:
  Projector(ViewStore& views, seal::Keyring& keyring, int partition, int partitions);

  // From now on records that are found there are not decoded again; nullptr: each one is decoded.
  void UseMade(const MadeRecords* made) { made_ = made; }

  // Says from which entry to read on.
  const CheckpointRow& checkpoint() const { return checkpoint_; }

  // Applies consecutive entries from the checkpoint on and moves it. All rows are visible when it
  // returns; a crash leaves the rows and the checkpoint in step. Returns one verdict for each
  // entry that was applied, the first ones: all of them, unless WaitsForKeys(). Entries before the
  // opening record are not history.
  std::vector<Judged> Apply(const std::vector<LogEntry>& entries);

  // The next record of history is sealed with a key that is not at hand, perhaps because another
  // instance has just made it. All keys of the store were asked for; apply the entry again later.
  // If its key is then still missing, it is lost, and the record's tenant is parked.
  bool WaitsForKeys() const;

  // Tries to apply the kept records of parked tenants; for use at start. Returns how many go on.
  int Unpark();

  // What the records that were applied since the last call erased, oldest first; also what a parked
  // tenant obeys already. Its rows are visible.
  std::vector<Erasure> TakeErasures();

  // The standings of this partition's tenants, as the visible rows have them.
  Standings& standings() { return standings_; }

 private:
  using Tenants = std::unordered_map<std::string, TenantRow>;

  void ApplyBatch(std::span<const LogEntry> entries, DecodedEntries* decoded,
                  std::vector<Judged>* judged);
  Judged Judge(const LogEntry& entry, const DecodedEntry& decoded, CheckpointRow* checkpoint,
               Tenants* tenants, Round* round);
  bool MustWait(const LogEntry& entry, const CheckpointRow& checkpoint, DecodedEntry* decoded,
                Tenants* tenants, const Round& round);
  void StepOver(const LogEntry& entry, const Slot& slot, const Hash& hash, Tenants* tenants,
                Round* round);
  void KeepUnknown(const TenantId& id, Tenants* tenants, Round* round);
  void StepOverForeign(const LogEntry& entry, const std::string& reason, Round* round);
  void FollowOrphans(const TenantId& id, const Hash& hash, TenantRow* tenant, Round* round);
  void ApplyToViews(const DecodedEntry& decoded, TenantRow* tenant, Round* round);
  void Note(std::optional<Erasure> erasure);
  static TenantRow& TenantOf(const TenantId& tenant, Tenants* tenants, const Round& round);
  bool UnparkTenant(const TenantId& tenant);

  ViewStore& views_;
  seal::Keyring& keyring_;
  const int partition_;
  const int partitions_;
  const MadeRecords* made_ = nullptr;
  CheckpointRow checkpoint_;
  std::unordered_set<std::string> orphaned_;  // tenants that have orphans or had some
  Standings standings_;

  struct KeyWait {
    Offset offset;       // of the record whose key is missing
    uint64_t asked = 0;  // for all keys, after the record was read
  };
  std::optional<KeyWait> wait_;
  std::vector<Erasure> erasures_;
};

}  // namespace contacts
