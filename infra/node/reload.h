// SIGHUP: reads the settings again by the rules of the start, and changes those that can change
// while the server runs: all of them, or none when one is wrong.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/values/hash.h"
#include "events/values/result.h"
#include "infra/http/cors.h"
#include "infra/http/server.h"
#include "infra/identity/session_options.h"
#include "infra/instance/metrics.h"
#include "infra/keys/wrapped_secrets.h"
#include "infra/node/config.h"
#include "infra/node/data_directory.h"
#include "infra/redis/redis_wire.h"

namespace contacts {

// The settings that SIGHUP changes, in the order of the log lines.
std::vector<std::string_view> ReloadedSettings();

// The file with the secrets that sign sessions.
std::string SessionSecretFile(const Config& config, const std::string& data);

// For one thread, except Fault.
class Reload {
 public:
  // The parts that are changed; all must outlive it.
  struct Parts {
    const DataDirectory& directory;
    SessionSecrets secrets;
    std::function<void(TlsContext)> use_tls;  // empty: no TLS to Redis
    WrappedSecrets* wrapped;                  // nullptr: the store of secrets is gone
    http::AllowedOrigins origins;
    http::Server& front;
    Metrics& metrics;
  };
  // Reads the settings as a start now would. The error says what is wrong with them.
  using Reader = std::function<Result<Config>()>;

  // `running`: the settings that the parts use.
  Reload(const Config& running, Parts parts, Reader read);

  // Logs a line for each change; settings that need a restart are named.
  void Run();

  // The time in which clients are sent away before the server goes down.
  std::chrono::seconds lame_duck() const { return lame_duck_; }
  // Why the last run changed nothing; empty: nothing was wrong. Any thread.
  std::string Fault() const;

  // The new settings, with all that is needed to prepare a change.
  struct Wanted;
  // Applied once all settings are known to be right.
  struct Change {
    std::string said;
    std::function<void()> apply;
  };

 private:
  void Refuse(const std::vector<std::string>& faults);
  // Returns how many there are.
  size_t NameRestarts(const Config& wanted);

  const Parts parts_;
  const Reader read_;
  std::map<std::string, std::string> texts_;  // of the settings that are in use
  std::chrono::seconds lame_duck_;
  std::optional<Hash> authorities_;  // hash of their file when SIGHUP last read it
  mutable std::mutex mutex_;
  std::string fault_;
};

}  // namespace contacts
