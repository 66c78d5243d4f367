// The stores of this instance: history, secrets, keys, sessions and views. Only backends.cc knows
// which adapters were chosen.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "events/event_log.h"
#include "events/seal/keyring.h"
#include "events/secret_store.h"
#include "events/values/result.h"
#include "infra/base/disk_space.h"
#include "infra/base/health.h"
#include "infra/kafka/topic.h"
#include "infra/keys/stored_keys.h"
#include "infra/keys/wrapped_secrets.h"
#include "infra/local_store/local_store.h"
#include "infra/node/config.h"
#include "infra/node/data_directory.h"
#include "infra/node/erasures_file.h"
#include "projections/store/view_store.h"

namespace contacts {

// Opened in this order, closed in the reverse order.
struct Backends {
  std::unique_ptr<LocalStore> local;
  std::shared_ptr<ViewStore> views;
  std::unique_ptr<EventLog> log;
  std::unique_ptr<SecretStore> secrets;
  WrappedSecrets* wrapped = nullptr;  // inside `secrets`; nullptr: the store is gone
  std::unique_ptr<seal::Keyring> keyring;
  std::unique_ptr<StoredKeys> keys;         // keeps the keyring equal to the secrets
  std::unique_ptr<ErasuresFile> erasures;   // nullptr: no file is named, or nothing may be written
  std::function<double()> entries;          // in the log; empty: unknown
  std::function<DiskSpace()> fullest_disk;  // of the disks of these stores; zeros: unknown
  // True: a store failed because its disk was full, and the disk has room again. Only a start opens
  // the store again, so the process should end.
  std::function<bool()> room_again = [] { return false; };
  std::vector<HealthCheck> checks;  // of these parts
  // For Cleaning (infra/node/cleaning.h); empty: these stores have no such part.
  std::function<Result<bool>(std::atomic<bool>& stop)> rewrite_views = {};
  std::function<Result<int64_t>(std::atomic<bool>& stop)> erased_in_topic = {};
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
