// What SIGHUP does: the settings are read again by the rules of the start, and those that can
// change while the server runs do: all of them, or none when one is wrong.
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
#include "infra/node/config.h"
#include "infra/node/data_directory.h"
#include "infra/redis/redis_wire.h"

namespace contacts {

// The settings that count again at once after SIGHUP, in the order in which they are said.
std::vector<std::string_view> ReloadedSettings();

// The file with the secrets that sign sessions.
std::string SessionSecretFile(const Config& config, const std::string& data);

// One thread, but for Fault.
class Reload {
 public:
  // What is changed. All must outlive it.
  struct Parts {
    const DataDirectory& directory;
    SessionSecrets secrets;
    std::function<void(TlsContext)> use_tls;  // empty: Redis is not asked by TLS
    http::AllowedOrigins origins;
    http::Server& front;
    Metrics& metrics;
  };
  // The settings as they would be at a start now. The error says what is wrong with them.
  using Reader = std::function<Result<Config>()>;

  // `running`: as the parts have it.
  Reload(const Config& running, Parts parts, Reader read);

  // Says each change in a log line of its own; settings that need a restart are named.
  void Run();

  // How long clients are sent away before the server goes down.
  std::chrono::seconds lame_duck() const { return lame_duck_; }
  // Why the last run changed nothing; empty: nothing was wrong. Any thread.
  std::string Fault() const;

  // The settings that were read, while they are compared with those that count.
  struct Wanted;
  // What is to be done once all settings are known to be good.
  struct Change {
    std::string said;
    std::function<void()> apply;
  };

 private:
  void Refuse(const std::vector<std::string>& faults);
  // How many there are.
  size_t NameRestarts(const Config& wanted);

  const Parts parts_;
  const Reader read_;
  std::map<std::string, std::string> texts_;  // of the settings that count
  std::chrono::seconds lame_duck_;
  std::optional<Hash> authorities_;  // of their file, as a SIGHUP read it last
  mutable std::mutex mutex_;
  std::string fault_;
};

}  // namespace contacts
