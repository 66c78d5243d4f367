#include "infra/kafka/kafka_secrets.h"

#include <algorithm>
#include <utility>

#include "infra/base/heartbeat.h"
#include "infra/base/log.h"
#include "infra/kafka/client.h"

namespace contacts {
namespace {

constexpr std::chrono::milliseconds kWriteTime{10000};
constexpr std::chrono::milliseconds kReadTime{5000};
// Looking at one partition takes milliseconds, and readiness must report a fault within seconds.
constexpr std::chrono::milliseconds kLookEvery{3000};
constexpr std::chrono::milliseconds kLookTime{500};
// The longest that a caller waits for others that use the topic, then writes.
constexpr std::chrono::milliseconds kStepTime{30000};
constexpr const char* kStep = "waiting for the topic of password hashes";
constexpr std::chrono::milliseconds kOldTopicAnswer{3000};
constexpr const char* kName = ".secrets";
constexpr const char* kOldName = ".credentials";

Error Unavailable(const std::string& why) {
  return Error{ErrorCode::kUnavailable, "the topic of password hashes: " + why, {}, 5};
}

// The error when the topic exists under the name that earlier builds gave it. Nullopt: it does not,
// or may be left.
std::optional<Error> OldTopic(const KafkaLogOptions& options, bool may_be_left) {
  const std::string old = options.topic.name + kOldName;
  const std::string name = options.topic.name + kName;
  const kafka::Client client = kafka::MakeConsumer(options.settings);
  const auto is_there = [&](const std::string& topic) {
    return kafka::AskTopic(client.get(), topic, kOldTopicAnswer).found ==
           kafka::TopicState::Found::kYes;
  };
  if (!is_there(old)) return std::nullopt;
  if (may_be_left || is_there(name)) {
    log::Warn("kafka: a topic of password hashes by its old name is not read: delete it",
              {{"topic", old}, {"read", name}});
    return std::nullopt;
  }
  return Error{
      ErrorCode::kConflict,
      "the topic " + old +
          " holds password hashes under the name of an earlier build; "
          "now they are in " +
          name +
          ", which is not there. Make that topic with one "
          "partition and cleanup.policy=compact, and copy all entries with their keys (kcat -C "
          "-e -Z -K, kcat -P -Z -K); or leave the old one, and set all passwords anew "
          "(contacts user passwd). Either way start once with --adopt-secrets"};
}

}  // namespace

kafka::TopicOptions SecretsTopic(kafka::TopicOptions events) {
  events.name += kName;
  events.partitions = 1;
  events.compacted = true;
  return events;
}

Result<std::unique_ptr<KafkaSecretStore>> KafkaSecretStore::Open(KafkaLogOptions options,
                                                                 Opening opening) {
  if (auto old = OldTopic(options, opening.may_leave_old)) return *std::move(old);
  options.topic = SecretsTopic(std::move(options.topic));
  options.watch_interval = std::min(options.watch_interval, kLookEvery);
  options.topic.why_not_made = std::move(opening.why_not_made);
  const auto time = options.start_time;
  auto log = KafkaLog::Open(std::move(options));
  if (!log.ok()) return log.error();
  std::unique_ptr<KafkaSecretStore> store(new KafkaSecretStore(std::move(*log)));
  if (store->log_->partitions() != 1) {
    return Unavailable("it has " + std::to_string(store->log_->partitions()) +
                       " partitions, and must have one. Bring it back from a backup");
  }
  if (const auto read = store->ReadToEnd(time); !read.ok()) return read.error();
  store->log_->OnEachLook([looked = store.get()] { looked->Look(); });
  return store;
}

KafkaSecretStore::KafkaSecretStore(std::unique_ptr<KafkaLog> log)
    : log_(std::move(log)), reader_(log_->Open(0)) {
  reader_.Seek(Offset{0});
}

KafkaSecretStore::~KafkaSecretStore() { log_->OnEachLook(nullptr); }

std::string KafkaSecretStore::Fault() const {
  {
    const std::lock_guard lock(table_mutex_);
    if (!fault_.empty()) return fault_;
  }
  return log_->Fault();
}

std::optional<Error> KafkaSecretStore::Refusal() const {
  const std::string fault = Fault();
  return fault.empty() ? std::nullopt : std::optional(Unavailable(fault));
}

// Reads what is new in the topic, so that damage is noticed and the watch has the newest entry to
// compare.
void KafkaSecretStore::Look() {
  const std::unique_lock lock(log_mutex_, std::try_to_lock);
  if (lock.owns_lock()) (void)ReadOn(kLookTime);
}

std::optional<std::string> KafkaSecretStore::Find(std::string_view id) {
  const std::lock_guard lock(table_mutex_);
  const auto found = table_.find(id);
  return found == table_.end() ? std::nullopt : std::optional(found->second);
}

Result<std::optional<std::string>> KafkaSecretStore::Get(std::string_view id) {
  if (auto refusal = Refusal()) return *std::move(refusal);
  if (auto found = Find(id)) return found;
  // Asking the brokers takes longer, and fails without them: by that a stranger could tell which
  // users exist.
  if (id == kNobodysSecret) return std::optional<std::string>();
  if (const auto read = ReadToEnd(kReadTime); !read.ok()) return read.error();
  return Find(id);
}

Result<bool> KafkaSecretStore::Put(std::string_view id, std::string_view secret) {
  return Write(id, secret);
}

Result<bool> KafkaSecretStore::Erase(std::string_view id) { return Write(id, ""); }

Result<int> KafkaSecretStore::EraseAll(const std::vector<std::string>& ids) {
  if (const auto read = ReadToEnd(kReadTime); !read.ok()) return read.error();
  int erased = 0;
  for (const std::string& id : ids) {
    if (!Find(id)) continue;
    if (const auto done = Erase(id); !done.ok()) return done.error();
    ++erased;
  }
  return erased;
}

Result<bool> KafkaSecretStore::Write(std::string_view id, std::string_view secret) {
  const Heartbeat::Task step(kStep, kStepTime);
  if (auto refusal = Refusal()) return *std::move(refusal);
  const std::lock_guard lock(log_mutex_);
  const auto until = LogReader::Clock::now() + kWriteTime;
  const uint64_t token = ++tokens_;
  reader_.Append({{token, std::string(id), std::string(secret)}});
  std::optional<DeliveryReport> delivered;
  const auto ended = reader_.ReadUntil(until, [&](const Polled& polled) {
    NoteAll(polled.entries);
    for (const DeliveryReport& report : polled.reports) {
      if (report.token == token) delivered = report;  // others belong to a write that was given up
    }
    return delivered.has_value();
  });
  if (!delivered) return NotRead(ended);
  if (delivered->outcome != Delivery::kStored) return Unavailable(delivered->reason);
  NoteAll({{Offset{}, Timestamp{}, std::string(id), std::string(secret)}});
  return true;
}

Result<bool> KafkaSecretStore::ReadToEnd(std::chrono::milliseconds time) {
  const Heartbeat::Task step(kStep, kStepTime);
  const std::lock_guard lock(log_mutex_);
  return ReadOn(time);
}

// The caller holds log_mutex_.
Result<bool> KafkaSecretStore::ReadOn(std::chrono::milliseconds time) {
  const auto ended =
      reader_.ReadToEnd(LogReader::Clock::now() + time, [this](const Polled& polled) {
        NoteAll(polled.entries);
        return false;
      });
  if (ended != LogReader::Ended::kAtEnd) return NotRead(ended);
  return true;
}

Error KafkaSecretStore::NotRead(LogReader::Ended ended) {
  if (ended != LogReader::Ended::kFault) return Unavailable("no answer in time");
  const std::lock_guard lock(table_mutex_);
  fault_ = reader_.fault();
  return Unavailable(fault_);
}

void KafkaSecretStore::NoteAll(const std::vector<LogEntry>& entries) {
  const std::lock_guard lock(table_mutex_);
  for (const LogEntry& entry : entries) {
    if (entry.value.empty()) {
      table_.erase(entry.key);
    } else if (!IsSecretOf(entry.key, entry.value)) {
      log::Warn("kafka: an entry of the topic of password hashes was not written by Contacts",
                {{"offset", std::to_string(entry.offset.value)}, {"credential", entry.key}});
    } else {
      table_[entry.key] = entry.value;
    }
  }
}

}  // namespace contacts
