// The parts of one instance, opened on its directory; `contacts serve` puts the API in front of
// them, the other commands use them directly.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "events/values/result.h"
#include "infra/base/health.h"
#include "infra/base/trusted_clock.h"
#include "infra/identity/argon2_passwords.h"
#include "infra/instance/instance.h"
#include "infra/instance/metrics.h"
#include "infra/local_store/local_store.h"
#include "infra/node/backends.h"
#include "infra/node/cleaning.h"
#include "infra/node/config.h"
#include "infra/node/data_directory.h"
#include "infra/node/key_keeper.h"
#include "infra/ops/operations.h"
#include "projections/position_waits.h"
#include "projections/store/replaceable_view_store.h"
#include "query/change_waits.h"

namespace contacts {

// Opened in this order, closed in the reverse order.
struct Node {
  // Opens the stores of the locked directory and begins the first catch-up. The error says what is
  // in the way and what to do.
  static Result<std::unique_ptr<Node>> Open(std::unique_ptr<DataDirectory> directory,
                                            const Config& config,
                                            DiskAccess access = DiskAccess::kReadWrite);

  Node(std::unique_ptr<DataDirectory> data, Backends opened, const Config& config,
       DiskAccess access = DiskAccess::kReadWrite);
  ~Node() { StopWork(); }
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  InstanceStatus status() const;
  // Adds a part of this node, or of its users, to readiness, metrics and status. All that the check
  // uses must outlive the last question.
  void AddCheck(HealthCheck check);
  // From now on the status says that a server runs, at these addresses (host:port).
  void Serves(const std::string& address, const std::string& admin);

  // Blocks until the log is applied up to its end; log lines say how much is left. The error is the
  // fault that stopped it.
  Result<bool> CatchUp();

  // Stops the threads that work for callers: hashing, waiting, deciding. Each caller has its answer
  // when this returns. To be called while everything that these answers use is alive.
  void StopWork();

  std::unique_ptr<DataDirectory> directory;
  Backends backends;
  Health health;
  ReplaceableViewStore views;
  Argon2Passwords passwords;
  PositionWaits positions;
  query::ChangeWaits changes;
  mutable TrustedClock clock;
  KeyKeeper key_keeper;
  Cleaning cleaning;
  Instance instance;
  Metrics metrics;
  CountedCommands commands;
  Operations operations;

 private:
  Cleaning::Parts CleaningParts();
  void StartCleaning();
  void Erased(const Erasure& erasure, bool ours);
  void ShowPart(const std::string& part);
  InstanceFacts Facts();
  // Tells the clock that the log is applied, before any caller learns it.
  void TellClock(const InstanceStatus& status) const;

  mutable std::atomic<bool> clock_knows_{false};
  std::atomic<bool> stopping_{false};
  std::mutex facts_mutex_;
  InstanceFacts facts_;                                                // the constant ones, and …
  std::optional<std::chrono::steady_clock::time_point> serves_since_;  // none: no server runs
};

// Stops the work of a node in its destructor.
class StopsWork {
 public:
  explicit StopsWork(Node& node) : node_(node) {}
  ~StopsWork() { node_.StopWork(); }
  StopsWork(const StopsWork&) = delete;
  StopsWork& operator=(const StopsWork&) = delete;

 private:
  Node& node_;
};

}  // namespace contacts
