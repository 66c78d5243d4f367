#include "infra/kafka/kafka_secrets.h"

#include <utility>

namespace contacts {
namespace {

using Clock = std::chrono::steady_clock;

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
    : log_(std::move(log)), handle_(log_->Open(0)) {
  handle_->SetWake([this] {
    {
      const std::lock_guard lock(wake_mutex_);
      awake_ = true;
    }
    wake_.notify_one();
  });
  handle_->Seek(Offset{0});
}

KafkaSecretStore::~KafkaSecretStore() { handle_.reset(); }

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
  const Time until = Clock::now() + kWriteTime;
  const uint64_t token = ++tokens_;
  handle_->Append({{token, std::string(id), std::string(secret)}});
  for (;;) {
    const Polled polled = Poll();
    for (const DeliveryReport& report : polled.reports) {
      if (report.token != token) continue;  // of one that was given up
      if (report.outcome != Delivery::kStored) return Unavailable(report.reason);
      const std::lock_guard table_lock(table_mutex_);
      if (secret.empty()) {
        table_.erase(std::string(id));
      } else {
        table_[std::string(id)] = secret;
      }
      return true;
    }
    if (polled.fault) return Unavailable(polled.fault->message);
    if (!WaitForWake(until)) return Unavailable("no answer in time");
  }
}

Result<bool> KafkaSecretStore::ReadToEnd(std::chrono::milliseconds time) {
  const std::lock_guard lock(log_mutex_);
  const Time until = Clock::now() + time;
  const uint64_t query = ++queries_;
  handle_->QueryEnd(query);
  std::optional<Offset> end;
  for (;;) {
    const Polled polled = Poll();
    if (polled.end_query == query) end = polled.end;
    if (polled.fault) return Unavailable(polled.fault->message);
    if (end && next_ >= *end) return true;
    if (!WaitForWake(until)) return Unavailable("no answer in time");
  }
}

Polled KafkaSecretStore::Poll() {
  Polled polled = handle_->Poll(1000);
  const std::lock_guard lock(table_mutex_);
  for (const LogEntry& entry : polled.entries) {
    if (entry.value.empty()) {
      table_.erase(entry.key);
    } else {
      table_[entry.key] = entry.value;
    }
    next_ = Offset{entry.offset.value + 1};
  }
  return polled;
}

bool KafkaSecretStore::WaitForWake(Time until) {
  std::unique_lock lock(wake_mutex_);
  if (!wake_.wait_until(lock, until, [this] { return awake_; })) return false;
  awake_ = false;
  return true;
}

}  // namespace contacts
