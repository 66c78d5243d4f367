// The parts of one instance, opened on its directory; `contacts serve` puts the API before them,
// the other commands work on them as they are.
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
#include "infra/node/config.h"
#include "infra/node/data_directory.h"
#include "infra/ops/operations.h"
#include "projections/position_waits.h"
#include "projections/store/replaceable_view_store.h"

namespace contacts {

// In this order they are opened, in the reverse order closed.
struct Node {
  // The directory is locked, then opened; the first catch-up begins. The error says what is in the
  // way and what to do.
  static Result<std::unique_ptr<Node>> Open(std::unique_ptr<DataDirectory> directory,
                                            const Config& config,
                                            DiskAccess access = DiskAccess::kReadWrite);

  Node(std::unique_ptr<DataDirectory> data, Backends opened, const Config& config);
  ~Node() { StopWork(); }
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  InstanceStatus status() const;
  // A part of this node, or of what uses it, is looked after: in readiness, metrics and status.
  // All that the check asks must outlive the last question.
  void AddCheck(HealthCheck check);
  // From now on the status says that a server runs, at these addresses (host:port).
  void Serves(const std::string& address, const std::string& admin);

  // Blocks until all of the log is applied, saying how far it is in the log. The error is the fault
  // that stopped it.
  Result<bool> CatchUp();

  // Ends all that works for callers on threads of its own: hashing, waiting, deciding. Each caller
  // gets an answer, now or before. To be called while everything that these answers use is there.
  void StopWork();

  std::unique_ptr<DataDirectory> directory;
  Backends backends;
  Health health;
  ReplaceableViewStore views;
  Argon2Passwords passwords;
  PositionWaits positions;
  mutable TrustedClock clock;
  Instance instance;
  Metrics metrics;
  CountedCommands commands;
  Operations operations;

 private:
  void ShowPart(const std::string& part);
  InstanceFacts Facts();
  // As soon as all is applied, the clock is told; before anybody is told of it.
  void TellClock(const InstanceStatus& status) const;

  mutable std::atomic<bool> clock_knows_{false};
  std::mutex facts_mutex_;
  InstanceFacts facts_;  // as far as they do not change, and …
  std::optional<std::chrono::steady_clock::time_point> serves_since_;  // none: no server runs
};

// Stops the work of a node when it goes.
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
