#include "infra/node/backends.h"

#include <utility>

#include "infra/base/disk_space.h"
#include "infra/base/log.h"
#include "infra/embedded/embedded_log.h"
#include "infra/kafka/kafka_log.h"
#include "infra/kafka/kafka_secrets.h"
#include "infra/rocksdb_views/rocksdb_view_store.h"
#include "projections/store/overlay_view_store.h"

namespace contacts {
namespace {

void OpenEmbedded(const DataDirectory& directory, DiskAccess access, Backends* backends) {
  EmbeddedLogOptions options;
  if (access == DiskAccess::kReadOnly) options.access = EmbeddedLogOptions::Access::kReadOnly;
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

Result<bool> OpenLocal(const DataDirectory& directory, DiskAccess access, Backends* backends) {
  LocalStore::Options options{.directory = directory.PathOf("local")};
  if (access == DiskAccess::kReadOnly) options.access = LocalStore::Access::kReadOnly;
  auto local = LocalStore::Open(options);
  if (!local.ok()) return local.error();
  backends->local = std::move(*local);
  return true;
}

void OpenViews(const DataDirectory& directory, DiskAccess access, Backends* backends) {
  RocksDbViewStoreOptions options{.directory = directory.PathOf("views")};
  if (access == DiskAccess::kReadOnly) {
    options.access = RocksDbViewStoreOptions::Access::kReadOnly;
    backends->views =
        std::make_shared<OverlayViewStore>(std::make_unique<RocksDbViewStore>(options));
    return;
  }
  const auto views = std::make_shared<RocksDbViewStore>(options);
  backends->views = views;
  backends->room_again = [views = views.get(), local = backends->local.get()] {
    return views->RoomAgain() || local->RoomAgain();
  };
  backends->checks.push_back({"views", HealthCheck::Weight::kNotReady,
                              [views = views.get()] { return views->Failure(); }});
  backends->checks.push_back({"local", HealthCheck::Weight::kNotReady,
                              [local = backends->local.get()] { return local->Failure(); }});
}

void WatchDisk(const DataDirectory& directory, Backends* backends) {
  const auto watch = std::make_shared<DiskWatch>(std::vector<std::string>{
      directory.PathOf("log"), directory.PathOf("views"), directory.PathOf("local")});
  backends->free_bytes = [watch] { return static_cast<double>(watch->Free()); };
  backends->checks.push_back(
      {"disk", HealthCheck::Weight::kWarning, [watch] { return watch->Low(); }});
}

}  // namespace

Result<Backends> OpenBackends(const Config& config, const DataDirectory& directory,
                              DiskAccess access) {
  Backends backends;
  if (const auto opened = OpenLocal(directory, access, &backends); !opened.ok()) {
    return opened.error();
  }
  OpenViews(directory, access, &backends);
  if (config.log == Config::Log::kKafka) {
    if (const auto opened = OpenKafka(config, &backends); !opened.ok()) return opened.error();
  } else {
    OpenEmbedded(directory, access, &backends);
  }
  WatchDisk(directory, &backends);
  return backends;
}

}  // namespace contacts
