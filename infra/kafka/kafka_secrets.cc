#include "infra/kafka/kafka_secrets.h"

#include <algorithm>
#include <utility>

#include "events/log_reader.h"
#include "infra/base/heartbeat.h"
#include "infra/base/log.h"
#include "infra/kafka/client.h"

namespace contacts {
namespace {

constexpr std::chrono::milliseconds kWriteTime{10000};
constexpr std::chrono::milliseconds kReadTime{5000};
// Looking at one partition takes milliseconds, and readiness must report a fault within seconds.
constexpr std::chrono::milliseconds kLookEvery{3000};
// The longest that a caller waits for others that use the topic, then writes.
constexpr std::chrono::milliseconds kStepTime{30000};
constexpr const char* kStep = "waiting for the topic of password hashes";
constexpr std::chrono::milliseconds kOldTopicAnswer{3000};
constexpr const char* kName = ".secrets";
constexpr const char* kOldName = ".credentials";
// No secret has this id.
constexpr const char* kNothing = "$nothing";

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

kafka::TopicThread::Reader ReaderInto(kafka::SecretTable& table) {
  return {[&table](const std::vector<LogEntry>& entries) { table.Take(entries); },
          [&table] {
            log::Warn(
                "kafka: the topic of password hashes was out of reach for so long that it is read "
                "again "
                "from its start, because erasures may have left it");
            table.TakeAgain();
          },
          [&table] { table.TakeWhole(); }};
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
  const auto erasures_kept = options.topic.erasures_kept;
  auto clock = options.clock ? options.clock : SystemTime;
  auto log = KafkaLog::Open(std::move(options));
  if (!log.ok()) return log.error();
  std::unique_ptr<KafkaSecretStore> store(
      new KafkaSecretStore(std::move(*log), erasures_kept, std::move(clock)));
  if (store->log_->partitions() != 1) {
    return Unavailable("it has " + std::to_string(store->log_->partitions()) +
                       " partitions, and must have one. Bring it back from a backup");
  }
  if (const auto read = store->ReadToEnd(time); !read.ok()) return read.error();
  return store;
}

KafkaSecretStore::KafkaSecretStore(std::unique_ptr<KafkaLog> log,
                                   std::chrono::milliseconds erasures_kept,
                                   std::function<Timestamp()> clock)
    : log_(std::move(log)),
      thread_(std::make_unique<kafka::TopicThread>(
          log_->Open(0), ReaderInto(table_),
          kafka::TopicThread::Options{.longest_away = erasures_kept / 2,
                                      .clock = std::move(clock)})) {}

KafkaSecretStore::~KafkaSecretStore() = default;

std::string KafkaSecretStore::Fault() const {
  std::string fault = thread_->fault();
  return fault.empty() ? log_->Fault() : fault;
}

std::optional<Error> KafkaSecretStore::Refusal() const {
  const std::string fault = Fault();
  return fault.empty() ? std::nullopt : std::optional(Unavailable(fault));
}

Result<std::optional<std::string>> KafkaSecretStore::Get(std::string_view id) {
  if (auto refusal = Refusal()) return *std::move(refusal);
  if (auto found = table_.Find(id)) return found;
  // Asking the brokers takes longer, and fails without them: by that a stranger could tell which
  // users exist.
  if (id == kNobodysSecret) return std::optional<std::string>();
  if (const auto read = ReadToEnd(kReadTime); !read.ok()) return read.error();
  return table_.Find(id);
}

Result<bool> KafkaSecretStore::Put(std::string_view id, std::string_view secret) {
  return Write({{std::string(id), std::string(secret)}});
}

Result<bool> KafkaSecretStore::PutAll(const std::vector<StoredSecret>& secrets) {
  std::vector<kafka::TopicThread::Entry> entries;
  entries.reserve(secrets.size());
  for (const auto& [id, secret] : secrets) entries.emplace_back(id, secret);
  return Write(std::move(entries));
}

Result<bool> KafkaSecretStore::Erase(std::string_view id) { return Write({{std::string(id), ""}}); }

Result<int> KafkaSecretStore::EraseAll(const std::vector<std::string>& ids) {
  if (const auto read = CatchUp(); !read.ok()) return read.error();
  std::vector<kafka::TopicThread::Entry> entries;
  for (const std::string& id : ids) {
    if (table_.Find(id)) entries.emplace_back(id, "");
  }
  const int erased = static_cast<int>(entries.size());
  if (const auto done = Write(std::move(entries)); !done.ok()) return done.error();
  return erased;
}

Result<bool> KafkaSecretStore::Scan(std::string_view prefix, const Visit& visit) {
  if (auto refusal = Refusal()) return *std::move(refusal);
  table_.Scan(prefix, visit);
  return true;
}

void KafkaSecretStore::OnChange(Changed changed) { table_.OnChange(std::move(changed)); }

Result<bool> KafkaSecretStore::CatchUp() {
  if (auto refusal = Refusal()) return *std::move(refusal);
  return ReadToEnd(kReadTime);
}

Result<int64_t> KafkaSecretStore::ErasedInTopic(std::chrono::seconds time,
                                                const std::atomic<bool>& stop) {
  struct Seen {
    int64_t secrets = 0;
    bool is_erased = false;
  };
  std::map<std::string, Seen> seen;
  LogReader reader(log_->Open(0));
  reader.Seek(Offset{0});
  const auto take = [&seen](const Polled& polled) {
    for (const LogEntry& entry : polled.entries) {
      Seen& one = seen[entry.key];
      one.is_erased = entry.value.empty();
      if (!entry.value.empty()) ++one.secrets;
    }
    return false;
  };
  auto ended = LogReader::Ended::kLate;
  for (auto second = time; ended == LogReader::Ended::kLate && second.count() > 0 && !stop;
       --second) {
    ended = reader.ReadToEnd(LogReader::Clock::now() + std::chrono::seconds(1), take);
  }
  if (ended != LogReader::Ended::kAtEnd) {
    return Unavailable(reader.fault().empty() ? "it was not read in time" : reader.fault());
  }
  int64_t left = 0;
  for (const auto& [id, one] : seen) left += one.is_erased ? one.secrets : 0;
  return left;
}

Result<bool> KafkaSecretStore::AppendNothing() { return Erase(kNothing); }

Result<bool> KafkaSecretStore::Write(std::vector<kafka::TopicThread::Entry> entries) {
  if (entries.empty()) return true;
  const Heartbeat::Task step(kStep, kStepTime);
  if (auto refusal = Refusal()) return *std::move(refusal);
  const auto written = thread_->Append(std::move(entries), kWriteTime);
  if (!written.ok()) return Unavailable(written.error().message);
  return true;
}

Result<bool> KafkaSecretStore::ReadToEnd(std::chrono::milliseconds time) {
  const Heartbeat::Task step(kStep, kStepTime);
  const auto read = thread_->CatchUp(time);
  if (!read.ok()) return Unavailable(read.error().message);
  return true;
}

}  // namespace contacts
