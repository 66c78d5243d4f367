#include "infra/kafka/kafka_secrets.h"

#include <utility>

namespace contacts {
namespace {

constexpr std::chrono::milliseconds kWriteTime{10000};
constexpr std::chrono::milliseconds kReadTime{5000};

Error Unavailable(const std::string& why) {
  return Error{ErrorCode::kUnavailable, "the credential store cannot be reached: " + why, {}, 5};
}

}  // namespace

Result<std::unique_ptr<KafkaSecretStore>> KafkaSecretStore::Open(KafkaLogOptions options) {
  options.topic.name += ".credentials";
  options.topic.partitions = 1;
  options.topic.compacted = true;
  const auto time = options.start_time;
  auto log = KafkaLog::Open(std::move(options));
  if (!log.ok()) return log.error();
  std::unique_ptr<KafkaSecretStore> store(new KafkaSecretStore(std::move(*log)));
  if (const auto read = store->ReadToEnd(time); !read.ok()) return read.error();
  return store;
}

KafkaSecretStore::KafkaSecretStore(std::unique_ptr<KafkaLog> log)
    : log_(std::move(log)), reader_(log_->Open(0)) {
  reader_.Seek(Offset{0});
}

std::optional<std::string> KafkaSecretStore::Find(std::string_view id) {
  const std::lock_guard lock(table_mutex_);
  const auto found = table_.find(id);
  return found == table_.end() ? std::nullopt : std::optional(found->second);
}

Result<std::optional<std::string>> KafkaSecretStore::Get(std::string_view id) {
  if (auto found = Find(id)) return found;
  if (const auto read = ReadToEnd(kReadTime); !read.ok()) return read.error();
  return Find(id);
}

Result<bool> KafkaSecretStore::Put(std::string_view id, std::string_view secret) {
  return Write(id, secret);
}

Result<bool> KafkaSecretStore::Erase(std::string_view id) { return Write(id, ""); }

Result<bool> KafkaSecretStore::Write(std::string_view id, std::string_view secret) {
  const std::lock_guard lock(log_mutex_);
  const auto until = LogReader::Clock::now() + kWriteTime;
  const uint64_t token = ++tokens_;
  reader_.Append({{token, std::string(id), std::string(secret)}});
  std::optional<DeliveryReport> delivered;
  const auto ended = reader_.ReadUntil(until, [&](const Polled& polled) {
    NoteAll(polled.entries);
    for (const DeliveryReport& report : polled.reports) {
      if (report.token == token) delivered = report;  // others: of one that was given up
    }
    return delivered.has_value();
  });
  if (!delivered) return NotRead(ended);
  if (delivered->outcome != Delivery::kStored) return Unavailable(delivered->reason);
  NoteAll({{Offset{}, Timestamp{}, std::string(id), std::string(secret)}});
  return true;
}

Result<bool> KafkaSecretStore::ReadToEnd(std::chrono::milliseconds time) {
  const std::lock_guard lock(log_mutex_);
  const auto ended =
      reader_.ReadToEnd(LogReader::Clock::now() + time, [this](const Polled& polled) {
        NoteAll(polled.entries);
        return false;
      });
  if (ended != LogReader::Ended::kAtEnd) return NotRead(ended);
  return true;
}

Error KafkaSecretStore::NotRead(LogReader::Ended ended) const {
  return Unavailable(ended == LogReader::Ended::kFault ? reader_.fault() : "no answer in time");
}

void KafkaSecretStore::NoteAll(const std::vector<LogEntry>& entries) {
  const std::lock_guard lock(table_mutex_);
  for (const LogEntry& entry : entries) {
    if (entry.value.empty()) {
      table_.erase(entry.key);
    } else {
      table_[entry.key] = entry.value;
    }
  }
}

}  // namespace contacts
