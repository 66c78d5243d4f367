// The settings of the operator. Each setting is a flag, an environment variable and a key of the
// file that --config names; the flag counts before the variable, the variable before the file.
//
//   flag --admin-listen   variable CONTACTS_ADMIN_LISTEN   key admin-listen = "…" (TOML or INI)
//
// infra/cli/settings_table.cc has the table of all settings.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "events/values/ids.h"
#include "infra/base/log.h"
#include "infra/identity/cookie.h"
#include "infra/identity/session_json.h"
#include "infra/redis/redis_address.h"

namespace contacts {

struct Config {
  std::string listen = "127.0.0.1:8080";        // the API: host:port
  std::string admin_listen = "127.0.0.1:8081";  // health, metrics, operations
  std::string data = "./data";                  // this instance's directory
  std::string session_secret_file;              // empty: <data>/session-secret, made when missing
  std::optional<TenantId> default_tenant;       // of a log-in that names no tenant
  int threads = 2;                              // event loops of the API
  std::chrono::seconds http_idle{75};           // a connection is kept without a request
  int http_head_bytes = 16 * 1024;              // of a request
  int http_connections = 10000;
  int http_connections_per_address = -1;  // 0: any number; -1: a quarter of all
  std::chrono::seconds lame_duck{0};      // from SIGTERM until no connection is accepted any more
  std::vector<std::string> trusted_proxies;  // addresses or CIDR whose X-Forwarded-* counts
  std::vector<std::string> allowed_origins;  // their pages may use the cookie, too
  int login_failures = 5;                    // in a row, of an account or an address …
  std::chrono::seconds login_lock{15 * 60};  // … lock it for this long
  int tenant_requests_per_second = 0;        // 0: any number
  std::optional<RedisAddress> redis;         // the store of sessions; nullopt: `data`
  std::string redis_ca_file;                 // CA certificates; empty: the machine's
  std::chrono::milliseconds redis_timeout{1000};
  std::string session_prefix = "sess:";  // of the keys in Redis
  SessionFields session_fields = SessionFields::Usual();
  bool session_touch = false;  // a request here keeps others' sessions alive
  CookieOptions cookie;
  std::chrono::seconds session_idle{24 * 3600};
  std::chrono::seconds session_life{7 * 24 * 3600};
  enum class Log { kEmbedded, kKafka };
  Log log = Log::kEmbedded;                     // the store of the history
  std::string kafka_config;                     // file of librdkafka's keys
  std::string kafka_topic = "contacts.events";  // <topic>.secrets holds the password hashes
  int kafka_partitions = 12;                    // these three: of new topics
  int kafka_replication_factor = 0;             // 0: the cluster's default
  int kafka_min_insync_replicas = 0;            // 0: 2 with a factor of 2 or more
  // No settings: `contacts status` waits less for the cluster, and makes no topic.
  std::chrono::milliseconds kafka_start_time{30'000};
  bool kafka_makes_topics = true;
  std::string erasures;         // file of what was erased; empty: none is kept
  std::string master_key_file;  // wraps the store of secrets; empty: its values stay plain
  bool adopt_secrets = false;   // the store of password hashes is this log's
  bool accept_clock = false;    // the clock is right: do not compare it with records
  bool demo = false;
  bool access_log = true;
  log::Format log_format = log::Format::kText;
  log::Level log_level = log::Level::kInfo;
  std::map<std::string, std::string> texts;  // each setting as it was written, by name
};

}  // namespace contacts
