// Turns the entries of one partition into read models. It alone applies the rule of history.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "events/event_log.h"
#include "events/history.h"
#include "events/judged.h"
#include "events/record.h"
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
  Projector(ViewStore& views, int partition, int partitions);

  // Says from which entry to read on.
  const CheckpointRow& checkpoint() const { return checkpoint_; }

  // Applies consecutive entries from the checkpoint on and moves it. All rows are visible when it
  // returns; a crash leaves the rows and the checkpoint in step. Returns one verdict for each
  // entry. Entries before the opening record are not history.
  std::vector<Judged> Apply(const std::vector<LogEntry>& entries);

  // Tries to apply the kept records of parked tenants; for use at start. Returns how many go on.
  int Unpark();

  // The standings of this partition's tenants, as the visible rows have them.
  Standings& standings() { return standings_; }

 private:
  using Tenants = std::unordered_map<std::string, TenantRow>;

  void ApplyBatch(std::span<const LogEntry> entries, DecodedEntries* decoded,
                  std::vector<Judged>* judged);
  Judged Judge(const LogEntry& entry, const DecodedEntry& decoded, CheckpointRow* checkpoint,
               Tenants* tenants, Round* round);
  void StepOver(const LogEntry& entry, const Slot& slot, const Hash& hash, Tenants* tenants,
                Round* round);
  void KeepUnknown(const TenantId& id, Tenants* tenants, Round* round);
  void StepOverForeign(const LogEntry& entry, const std::string& reason, Round* round);
  void FollowOrphans(const TenantId& id, const Hash& hash, TenantRow* tenant, Round* round);
  static TenantRow& TenantOf(const TenantId& tenant, Tenants* tenants, const Round& round);
  bool UnparkTenant(const TenantId& tenant);

  ViewStore& views_;
  const int partition_;
  const int partitions_;
  CheckpointRow checkpoint_;
  std::unordered_set<std::string> orphaned_;  // tenants that have orphans or had some
  Standings standings_;
};

}  // namespace contacts
