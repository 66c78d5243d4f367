// One running instance: for each partition of the log a thread that applies entries and decides
// commands on exactly the state that it applied. A partition whose log cannot be trusted any more
// stands still: its tenants' commands are refused, and their applied state can be read; the other
// partitions go on.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "command/command.h"
#include "events/erasure.h"
#include "events/event_log.h"
#include "events/seal/keyring.h"
#include "infra/base/trusted_clock.h"
#include "projections/positions.h"
#include "projections/store/view_store.h"

namespace contacts {

class PartitionThread;

struct InstanceOptions {
  std::chrono::milliseconds deadline{10000};  // of a command; then 503 with unknown outcome
  // How much longer the partition's thread has to say so, before `Deadlines` does.
  std::chrono::milliseconds grace{1000};
  TrustedClock* clock = nullptr;  // of records; nullptr: the machine's clock, unchecked
  // Makes a key tree for a tenant that has none, durable, and then calls `done`, on any thread,
  // with the error if that failed. Returns without waiting.
  using Done = std::function<void(std::optional<Error>)>;
  std::function<void(const TenantId&, Done done)> make_tree = {};
  // Called with each erasure of history once its rows are visible, on a partition's thread; `ours`:
  // this instance made the record. Must not wait.
  std::function<void(const Erasure&, bool ours)> erased = {};
  // Called after the positions when rows of a tenant became visible, on a partition's thread. Must
  // not wait.
  std::function<void(const TenantId&)> applied = {};
};

// Tenants that do not go on as others do.
struct TenantList {
  static constexpr size_t kNamed = 20;

  int64_t count = 0;
  std::vector<std::string> names;  // the first of them, sorted
};

struct PartitionNow {
  bool caught_up = false;
  int64_t entries_left = 0;  // of the first catch-up
  std::string fault;         // why it stands still; empty: it does not stand still
};

struct InstanceStatus {
  // At least one partition does not stand still, and each such one has applied the log's end as it
  // was at the start.
  bool caught_up = false;
  int64_t entries_left = 0;  // of the first catch-up
  int standing_still = 0;    // partitions that take no commands any more, and read no further
  std::string fault;         // why the first of them stands still; empty: none does
  std::string trouble;       // why writes fail now; they recover automatically; empty: they succeed
  int64_t superseded = 0;
  int64_t foreign = 0;
  int64_t unanswered = 0;  // commands
  TenantList parked;       // this build cannot apply a record of theirs
  TenantList closed;       // their history takes no writes
  std::vector<PartitionNow> partitions;
};

class Instance : public Commands {
 public:
  // The log, the views, the keyring, the positions and the clock must outlive this. Starts the
  // first catch-up immediately.
  Instance(EventLog& log, ViewStore& views, seal::Keyring& keyring, Positions& positions,
           InstanceOptions options);
  ~Instance() override;  // like Stop(0 ms)

  void Submit(Command command, Reply reply) override;

  // Any thread. Calls `applied` later, on another thread, once this instance has applied the log's
  // end of the tenant's partition as it is after this call; never when that end cannot be read.
  void AskEnd(const TenantId& tenant, std::function<void()> applied);

  // Any thread.
  InstanceStatus status() const;
  int partitions() const;
  // Why no request of this tenant can be answered before its partition has caught up or was mended;
  // nullopt: the tenant's read models have caught up.
  std::optional<Error> Unready(const TenantId& tenant) const;
  // Waits until each partition has caught up or stands still, or the time is over. True: all have
  // caught up.
  bool WaitCaughtUp(std::chrono::milliseconds time);

  // Takes no more commands, waits until all are answered or the time is over, then stops; commands
  // that are still open are answered kUnknownOutcome. True: all were answered. Waits for a thread
  // that is held (deadlines.h answers meanwhile).
  bool Stop(std::chrono::milliseconds time);

 private:
  PartitionThread& ThreadOf(const TenantId& tenant) const;

  class State;
  std::shared_ptr<State> state_;
};

}  // namespace contacts
