// The stores of this instance: history, password hashes, sessions and views. Only backends.cc knows
// which adapters were chosen.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "events/event_log.h"
#include "events/secret_store.h"
#include "events/values/result.h"
#include "infra/base/disk_space.h"
#include "infra/base/health.h"
#include "infra/kafka/topic.h"
#include "infra/local_store/local_store.h"
#include "infra/node/config.h"
#include "infra/node/data_directory.h"
#include "projections/store/view_store.h"

namespace contacts {

// Opened in this order, closed in the reverse order.
struct Backends {
  std::unique_ptr<LocalStore> local;
  std::shared_ptr<ViewStore> views;
  std::unique_ptr<EventLog> log;
  std::unique_ptr<SecretStore> secrets;
  std::function<double()> entries;          // in the log; empty: unknown
  std::function<DiskSpace()> fullest_disk;  // of the disks of these stores; zeros: unknown
  // True: a store failed because its disk was full, and the disk has room again. Only a start opens
  // the store again, so the process should end.
  std::function<bool()> room_again = [] { return false; };
  std::vector<HealthCheck> checks;  // of these parts
};

enum class DiskAccess {
  kReadWrite,
  kReadOnly,  // nothing on the local disk is changed
};

// The topics that the settings name.
kafka::TopicOptions EventsTopicOf(const Config& config);
kafka::TopicOptions SecretsTopicOf(const Config& config);

// The error says what is in the way and what to do.
Result<Backends> OpenBackends(const Config& config, const DataDirectory& directory,
                              DiskAccess access);

}  // namespace contacts
