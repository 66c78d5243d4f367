// Where this instance keeps what is not derived: the history, the password hashes, the sessions.
// The one place that knows which adapter was chosen.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "events/event_log.h"
#include "events/secret_store.h"
#include "events/values/result.h"
#include "infra/base/health.h"
#include "infra/local_store/local_store.h"
#include "infra/node/config.h"
#include "infra/node/data_directory.h"

namespace contacts {

// In this order they are opened, in the reverse order closed.
struct Backends {
  std::unique_ptr<LocalStore> local;
  std::unique_ptr<EventLog> log;
  std::unique_ptr<SecretStore> secrets;
  std::function<double()> entries;  // in the log; empty: nobody knows
  std::vector<HealthCheck> checks;  // of these parts
};

// The error says what is in the way and what to do.
Result<Backends> OpenBackends(const Config& config, const DataDirectory& directory);

}  // namespace contacts
