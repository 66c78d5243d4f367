#include "infra/node/backends.h"

#include <filesystem>
#include <optional>
#include <utility>

#include "infra/base/disk_space.h"
#include "infra/base/log.h"
#include "infra/embedded/embedded_log.h"
#include "infra/kafka/kafka_log.h"
#include "infra/kafka/kafka_secrets.h"
#include "infra/node/checked_secrets.h"
#include "infra/node/erase_again.h"
#include "infra/node/restore.h"
#include "infra/rocksdb_views/rocksdb_view_store.h"
#include "projections/store/overlay_view_store.h"

namespace contacts {
namespace {

constexpr std::chrono::seconds kFindRecord{30};
constexpr std::chrono::seconds kReadTopic{60};

// Finds the answer once: another instance puts its mark into the store before it writes the first
// record.
std::function<Result<bool>()> HasHistory(EventLog& log) {
  const auto known = std::make_shared<std::optional<bool>>();
  return [&log, known]() -> Result<bool> {
    if (*known) return **known;
    const Result<bool> found = HoldsRecords(log, kFindRecord);
    if (found.ok()) *known = *found;
    return found;
  };
}

// Whoever reads the store above sees plain values, on each log.
Result<std::unique_ptr<SecretStore>> WithMasterKeys(std::unique_ptr<SecretStore> store,
                                                    const Config& config, Backends* backends) {
  auto keys = ReadMasterKeys(config.master_key_file);
  if (!keys.ok()) return keys.error();
  auto wrapped = WrappedSecrets::Open(std::move(store), *std::move(keys));
  if (!wrapped.ok()) return wrapped.error();
  backends->wrapped = wrapped->get();
  backends->checks.push_back({"secrets", HealthCheck::Weight::kWarning,
                              [store = wrapped->get()] { return store->Damage(); }});
  return std::unique_ptr<SecretStore>(std::move(*wrapped));
}

void AddSecrets(std::unique_ptr<CheckedSecrets> secrets, Backends* backends) {
  using Weight = HealthCheck::Weight;
  const CheckedSecrets* const checked = secrets.get();
  backends->checks.push_back(
      {"secrets", Weight::kNotReady, [checked] { return checked->Fault(); }});
  backends->checks.push_back(
      {"passwords", Weight::kWarning, [checked] { return checked->Warning(); }});
  backends->secrets = std::move(secrets);
}

Result<bool> AddChecked(std::unique_ptr<SecretStore> store, const CheckedSecrets::Owner& owner,
                        const Config& config, Backends* backends) {
  auto wrapped = WithMasterKeys(std::move(store), config, backends);
  if (!wrapped.ok()) return wrapped.error();
  auto secrets = CheckedSecrets::Open(std::move(*wrapped), owner);
  if (!secrets.ok()) return secrets.error();
  AddSecrets(std::move(*secrets), backends);
  return true;
}

Result<bool> HoldsUnmarkedSecrets(const LocalStore& local) {
  bool holds = false;
  const auto scanned = local.Scan(LocalStore::Table::kCredentials, [&](std::string_view id, auto) {
    holds = id != CheckedSecrets::kMark;  // the first row: no id begins with $ or less
    return false;
  });
  if (!scanned.ok()) return scanned;
  return holds;
}

// The other stores outlive a lost log, and a new log in its place would hide the loss.
Result<bool> CheckLogIsThere(const DataDirectory& directory, const LocalStore& local) {
  const std::string log = directory.PathOf("log");
  if (std::filesystem::exists(log + "/CURRENT")) return true;
  const auto mark = local.Get(LocalStore::Table::kCredentials, CheckedSecrets::kMark);
  if (!mark.ok()) return mark.error();
  if (!*mark) return true;
  return Error{ErrorCode::kUnavailable,
               "the log in " + log + " is gone: " + directory.PathOf("local") +
                   " belongs to the log " + **mark + ", which was there. Restore " + log +
                   " from a backup; to begin a new history, move " + directory.path() +
                   " away first."};
}

Result<bool> OpenEmbedded(const Config& config, const DataDirectory& directory, DiskAccess access,
                          Backends* backends) {
  EmbeddedLogOptions options;
  if (access == DiskAccess::kReadOnly) options.access = EmbeddedLogOptions::Access::kReadOnly;
  options.directory = directory.PathOf("log");
  if (auto there = CheckLogIsThere(directory, *backends->local); !there.ok()) return there;
  auto log = std::make_unique<EmbeddedLog>(options);
  backends->entries = [embedded = log.get()] {
    int64_t entries = 0;
    for (int p = 0; p < embedded->partitions(); ++p) entries += embedded->end(p).value;
    return static_cast<double>(entries);
  };
  CheckedSecrets::Owner owner{log->log_id(), HasHistory(*log), config.adopt_secrets};
  backends->log = std::move(log);
  if (access == DiskAccess::kReadOnly) {  // the owner of the hashes cannot be noted
    auto secrets =
        WithMasterKeys(std::make_unique<LocalSecretStore>(*backends->local), config, backends);
    if (!secrets.ok()) return secrets.error();
    backends->secrets = std::move(*secrets);
    return true;
  }
  // Builds before the mark left stores without one; a store that holds anything is then this log's.
  const Result<bool> unmarked = HoldsUnmarkedSecrets(*backends->local);
  if (!unmarked.ok()) return unmarked;
  owner.adopts = owner.adopts || *unmarked;
  return AddChecked(std::make_unique<LocalSecretStore>(*backends->local), owner, config, backends);
}

// Needs the open log, which says whether a missing topic may be made: only when the log has no
// records.
Result<bool> OpenKafkaSecrets(const Config& config, KafkaLogOptions options, Backends* backends) {
  const auto* const log = static_cast<const KafkaLog*>(backends->log.get());
  const CheckedSecrets::Owner owner{log->log_id(), HasHistory(*backends->log),
                                    config.adopt_secrets};
  const auto why_not_made = [&]() -> std::string {
    if (!config.kafka_makes_topics) {
      return "the topic of password hashes, " + config.kafka_topic + ".secrets, is not there";
    }
    if (owner.adopts) return "";
    const Result<bool> history = owner.has_history();
    if (!history.ok()) return history.error().message;
    if (!*history) return "";
    return "the topic of password hashes, " + config.kafka_topic +
           ".secrets, is not there, though " + config.kafka_topic +
           " holds records: it was deleted";
  };
  auto secrets = KafkaSecretStore::Open(std::move(options), {config.adopt_secrets, why_not_made});
  if (secrets.ok()) {
    backends->erased_in_topic = [store = secrets->get()](auto& stop) -> Result<int64_t> {
      const auto left = store->ErasedInTopic(kReadTopic, stop);
      if (!left.ok() || *left == 0) return left;
      if (const auto appended = store->AppendNothing(); !appended.ok()) return appended.error();
      return left;
    };
    backends->checks.push_back({"secrets", HealthCheck::Weight::kNotReady,
                                [store = secrets->get()] { return store->Missing(); }});
    return AddChecked(std::move(*secrets), owner, config, backends);
  }
  if (secrets.error().code != ErrorCode::kNotFound) return secrets.error();
  AddSecrets(CheckedSecrets::Lost(secrets.error().message), backends);
  return true;
}

Result<bool> OpenKafka(const Config& config, Backends* backends) {
  auto settings = kafka::ReadSettings(config.kafka_config);
  if (!settings.ok()) return settings.error();
  KafkaLogOptions options;
  options.settings = std::move(*settings);
  options.topic = EventsTopicOf(config);
  options.start_time = config.kafka_start_time;
  if (!config.kafka_makes_topics) {
    options.topic.why_not_made = [name = config.kafka_topic] {
      return "the topic " + name + " is not there";
    };
  }
  auto log = KafkaLog::Open(options);
  if (!log.ok()) return log.error();
  log::Info("kafka: the log is open", {{"topic", config.kafka_topic}, {"log", (*log)->log_id()}});
  backends->checks.push_back(
      {"kafka", HealthCheck::Weight::kNotReady, [kafka = log->get()] { return kafka->Trouble(); }});
  backends->log = std::move(*log);
  return OpenKafkaSecrets(config, std::move(options), backends);
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
  backends->rewrite_views = [views = views.get()](std::atomic<bool>& stop) {
    return views->RewriteFiles(stop);
  };
  backends->room_again = [views = views.get(), local = backends->local.get()] {
    return views->RoomAgain() || local->RoomAgain();
  };
  backends->checks.push_back({"views", HealthCheck::Weight::kNotReady,
                              [views = views.get()] { return views->Failure(); }});
  backends->checks.push_back({"local", HealthCheck::Weight::kNotReady,
                              [local = backends->local.get()] { return local->Failure(); }});
}

// The embedded store is this instance's alone, so nobody else mends it.
Result<bool> OpenKeys(const Config& config, DiskAccess access, Backends* backends) {
  StoredKeys::Options options;
  options.writes = access == DiskAccess::kReadWrite;
  if (config.log != Config::Log::kKafka) options.others_after = options.at_random = {};
  backends->keyring = std::make_unique<seal::Keyring>();
  auto keys = StoredKeys::Open(*backends->secrets, *backends->keyring, options);
  if (!keys.ok()) return keys.error();
  backends->keys = std::move(*keys);
  // A fault of the whole store is reported by its own check.
  const auto with_store = [store = backends->secrets.get()](std::string why) {
    return store->Fault().empty() ? std::move(why) : "";
  };
  const StoredKeys* const opened = backends->keys.get();
  backends->checks.push_back(
      {"keys", HealthCheck::Weight::kNotReady, [=] { return with_store(opened->Fault()); }});
  backends->checks.push_back(
      {"keys", HealthCheck::Weight::kWarning, [=] { return with_store(opened->Warning()); }});
  return true;
}

Result<bool> OpenErasures(const Config& config, Backends* backends) {
  if (config.erasures.empty()) return true;
  auto file = ErasuresFile::Open(config.erasures);
  if (!file.ok()) return file.error();
  backends->erasures = std::move(*file);
  if (const auto whole = backends->erasures->Complete(*backends->views); !whole.ok()) return whole;
  const ErasuresFile* const opened = backends->erasures.get();
  backends->checks.push_back(
      {"erasures", HealthCheck::Weight::kWarning, [opened] { return opened->Fault(); }});
  return true;
}

void WatchDisk(const DataDirectory& directory, Backends* backends) {
  const auto watch = std::make_shared<DiskWatch>(std::vector<std::string>{
      directory.PathOf("log"), directory.PathOf("views"), directory.PathOf("local")});
  backends->fullest_disk = [watch] { return watch->Fullest(); };
  backends->checks.push_back(
      {"disk", HealthCheck::Weight::kWarning, [watch] { return watch->Low(); }});
}

}  // namespace

kafka::TopicOptions EventsTopicOf(const Config& config) {
  kafka::TopicOptions topic;
  topic.name = config.kafka_topic;
  topic.partitions = config.kafka_partitions;
  topic.replication_factor = config.kafka_replication_factor;
  topic.min_insync_replicas = config.kafka_min_insync_replicas;
  return topic;
}

kafka::TopicOptions SecretsTopicOf(const Config& config) {
  return SecretsTopic(EventsTopicOf(config));
}

Result<Backends> OpenBackends(const Config& config, const DataDirectory& directory,
                              DiskAccess access) {
  if (config.adopt_secrets) log::Warn("--adopt-secrets is for one start: leave it out of the next");
  if (access == DiskAccess::kReadWrite) {
    if (const auto finished = FinishRestore(directory); !finished.ok()) return finished.error();
  } else if (IsRestoring(directory) || MustEraseAgain(directory)) {
    return Error{ErrorCode::kUnavailable,
                 "A restore of " + directory.path() +
                     " was interrupted: start contacts, which finishes it."};
  }
  Backends backends;
  if (const auto opened = OpenLocal(directory, access, &backends); !opened.ok()) {
    return opened.error();
  }
  OpenViews(directory, access, &backends);
  if (config.log == Config::Log::kKafka) {
    if (const auto opened = OpenKafka(config, &backends); !opened.ok()) return opened.error();
  } else if (const auto opened = OpenEmbedded(config, directory, access, &backends); !opened.ok()) {
    return opened.error();
  }
  if (const auto opened = OpenKeys(config, access, &backends); !opened.ok()) return opened.error();
  if (access == DiskAccess::kReadWrite) {
    if (const auto opened = OpenErasures(config, &backends); !opened.ok()) return opened.error();
  }
  WatchDisk(directory, &backends);
  return backends;
}

}  // namespace contacts
