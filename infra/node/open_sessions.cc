#include "infra/node/open_sessions.h"

#include <utility>

#include "infra/base/log.h"
#include "infra/identity/embedded_sessions.h"
#include "infra/identity/redis_sessions.h"

namespace contacts {
namespace {

// `sessions` outlives the last reader of `metrics`.
void AddMetricsOf(const RedisSessions& sessions, Metrics* metrics) {
  const auto count = [&](const char* name, const char* help, const std::atomic<int64_t>& value) {
    metrics->AddCounter(name, help, [&value] { return static_cast<double>(value.load()); });
  };
  const SessionCounts& counts = sessions.counts();
  count("contacts_session_lookups_total", "Questions for a session to its store", counts.asked);
  count("contacts_session_lookups_remembered_total", "Sessions found in the short memory instead",
        counts.remembered);
  count("contacts_session_lookups_joined_total",
        "Sessions found by waiting for another request's question", counts.joined);
  count("contacts_session_store_errors_total", "Questions that the store did not answer well",
        counts.failed);
  count("contacts_sessions_unusable_total", "Sessions from which the user cannot be read",
        counts.unusable);
  metrics->AddGauge("contacts_session_store_up", "1 when the store of sessions can be asked",
                    [&sessions] { return sessions.Trouble().empty() ? 1.0 : 0.0; });
}

bool IsThisMachine(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

Result<OpenedSessions> OpenRedisSessions(const Config& config, SessionOptions options, Node& node) {
  RedisOptions redis;
  redis.address = *config.redis;
  redis.timeout = config.redis_timeout;
  if (redis.address.tls) {
    auto tls = TlsContext::Open(config.redis_ca_file);
    if (!tls.ok()) return tls.error();
    redis.tls = *std::move(tls);
  }
  RedisSessionOptions kept;
  kept.prefix = config.session_prefix;
  kept.fields = config.session_fields;
  kept.touch = config.session_touch;
  auto sessions = std::make_unique<RedisSessions>(std::move(redis), node.views, std::move(options),
                                                  std::move(kept));
  AddMetricsOf(*sessions, &node.metrics);
  OpenedSessions opened;
  opened.trouble = [store = sessions.get()] { return store->Trouble(); };
  if (config.redis->tls) {
    opened.use_tls = [store = sessions.get()](TlsContext tls) { store->UseTls(std::move(tls)); };
  }
  opened.sessions = std::move(sessions);
  return opened;
}

}  // namespace

std::vector<std::string> DoubtsOfSessions(const Config& config) {
  if (!config.redis) {
    if (config.log != Config::Log::kKafka) return {};
    return {
        "sessions stay with the instance that made them: with several instances, send each user to "
        "the same one, or keep sessions in Redis (--sessions)"};
  }
  std::vector<std::string> doubts;
  const RedisAddress& address = *config.redis;
  if (!address.tls && !address.password.empty() && !IsThisMachine(address.host)) {
    doubts.push_back("redis: the password goes over the network to " + Shown(address) +
                     " unencrypted; rediss:// encrypts it");
  }
  if (config.session_secret_file.empty()) {
    doubts.push_back(
        "sessions in Redis are shared, but this instance signs with a secret of its own; name the "
        "common ones with --session-secret-file");
  }
  return doubts;
}

Result<OpenedSessions> OpenSessions(const Config& config, SessionOptions options, Node& node) {
  options.unready = [&node](const TenantId& tenant) { return node.instance.Unready(tenant); };
  for (const std::string& doubt : DoubtsOfSessions(config)) log::Warn(doubt);
  if (config.redis) return OpenRedisSessions(config, std::move(options), node);
  return OpenedSessions{
      std::make_unique<EmbeddedSessions>(*node.backends.local, node.views, std::move(options)),
      [] { return std::string(); }};
}

}  // namespace contacts
