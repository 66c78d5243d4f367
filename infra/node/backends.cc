#include "infra/node/backends.h"

#include <utility>

#include "infra/base/log.h"
#include "infra/embedded/embedded_log.h"
#include "infra/kafka/kafka_log.h"
#include "infra/kafka/kafka_secrets.h"

namespace contacts {
namespace {

void OpenEmbedded(const DataDirectory& directory, Backends* backends) {
  EmbeddedLogOptions options;
  options.directory = directory.PathOf("log");
  auto log = std::make_unique<EmbeddedLog>(options);
  backends->entries = [embedded = log.get()] {
    int64_t entries = 0;
    for (int p = 0; p < embedded->partitions(); ++p) entries += embedded->end(p).value;
    return static_cast<double>(entries);
  };
  backends->log = std::move(log);
  backends->secrets = std::make_unique<LocalSecretStore>(*backends->local);
}

Result<bool> OpenKafka(const Config& config, Backends* backends) {
  auto settings = kafka::ReadSettings(config.kafka_config);
  if (!settings.ok()) return settings.error();
  KafkaLogOptions options;
  options.settings = std::move(*settings);
  options.topic.name = config.kafka_topic;
  options.topic.partitions = config.kafka_partitions;
  options.topic.replication_factor = config.kafka_replication_factor;
  options.topic.min_insync_replicas = config.kafka_min_insync_replicas;
  auto secrets = KafkaSecretStore::Open(options);
  if (!secrets.ok()) return secrets.error();
  auto log = KafkaLog::Open(std::move(options));
  if (!log.ok()) return log.error();
  log::Info("kafka: the log is open", {{"topic", config.kafka_topic}, {"log", (*log)->log_id()}});
  backends->checks.push_back(
      {"kafka", HealthCheck::Weight::kNotReady, [kafka = log->get()] { return kafka->Trouble(); }});
  backends->log = std::move(*log);
  backends->secrets = std::move(*secrets);
  return true;
}

}  // namespace

Result<Backends> OpenBackends(const Config& config, const DataDirectory& directory) {
  Backends backends;
  auto local = LocalStore::Open(directory.PathOf("local"));
  if (!local.ok()) return local.error();
  backends.local = std::move(*local);
  if (config.log == Config::Log::kKafka) {
    if (const auto opened = OpenKafka(config, &backends); !opened.ok()) return opened.error();
  } else {
    OpenEmbedded(directory, &backends);
  }
  return backends;
}

}  // namespace contacts
