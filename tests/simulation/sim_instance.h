// One instance: the real loop, writer and projector on the simulated log.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "infra/instance/partition_loop.h"
#include "projections/view_lookup.h"
#include "tests/simulation/callers.h"
#include "tests/simulation/journaled_store.h"
#include "tests/simulation/sim_keys.h"
#include "tests/simulation/sim_log.h"
#include "tests/simulation/sim_secrets.h"

namespace contacts::sim {

using StoreFactory = std::function<std::unique_ptr<ViewStore>()>;

// The parts of an instance that a crash destroys, and the store that it leaves.
class SimInstance {
 public:
  // `secrets`: nullptr: the tests' keys, of which nothing is erased.
  SimInstance(SimLog& log, std::unique_ptr<ViewStore> store, World world, WriterOptions options,
              SimSecrets* secrets = nullptr);

  void Boot(Instant now = {});
  // Loses the read models; the next Boot makes them anew.
  void LoseStore(std::unique_ptr<ViewStore> empty) { store_.Replace(std::move(empty)); }
  void Step(Instant now);
  // As Instance does: a tenant's tree is made before its first command is decided.
  void Submit(SubmittedCommand submission);

  JournaledStore& store() { return store_; }
  SimPartition& wire() { return *wire_; }
  Writer& writer() { return *writer_; }
  PartitionLoop& loop() { return *loop_; }
  bool has_keys() const { return keys_ != nullptr; }
  SimKeys& keys() { return *keys_; }
  ViewLookup lookup() const { return ViewLookup(store_); }
  std::vector<std::shared_ptr<Attempt>> open;  // attempts that wait for this instance's answer
  std::map<TenantId, Sequence> answered;       // the newest position in its answers, by tenant
  int64_t clock_ahead_ms = 0;                  // how far its clock is ahead of the log's

 private:
  seal::Keyring& keyring();
  void MakeTrees();

  SimLog& log_;
  JournaledStore store_;
  World world_;
  const WriterOptions options_;
  SimSecrets* const secrets_;
  std::unique_ptr<SimKeys> keys_;
  std::unique_ptr<SimPartition> wire_;
  std::unique_ptr<Projector> projector_;
  std::unique_ptr<ViewLookup> lookup_;
  std::unique_ptr<Writer> writer_;
  std::unique_ptr<PartitionLoop> loop_;
  std::vector<SubmittedCommand> submissions_;
  std::vector<SubmittedCommand> without_tree_;
};

}  // namespace contacts::sim
