// Secrets in a compacted topic, so that they are the same on every instance.
//
//   topic <topic>.secrets, one partition: key = id, value = secret; an empty value erases
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "events/log_reader.h"
#include "events/secret_store.h"
#include "infra/kafka/kafka_log.h"

namespace contacts {

// The topic that goes with the one of events.
kafka::TopicOptions SecretsTopic(kafka::TopicOptions events);

// Any thread. Keeps all of the topic in memory; for an id that is not there (but kNobodysSecret) it
// first reads the topic to its end. An entry whose value does not fit its id is skipped. An
// instance may still find a secret that another one erased until it next reads the topic.
//
// The topic is watched as the log is: it is a fault when it was deleted, cut, made anew,
// re-partitioned or damaged, or has wrong settings.
class KafkaSecretStore : public SecretStore {
 public:
  struct Opening {
    bool may_leave_old = false;                      // see Open
    std::function<std::string()> why_not_made = {};  // see TopicOptions
  };

  // `options`: those of the log of events. Reads all of the topic; makes it when there is none,
  // or returns kNotFound. A topic of the old name and none of the new one: kConflict, unless
  // `may_leave_old`.
  static Result<std::unique_ptr<KafkaSecretStore>> Open(KafkaLogOptions options, Opening opening);
  ~KafkaSecretStore() override;

  Result<bool> Put(std::string_view id, std::string_view secret) override;
  Result<std::optional<std::string>> Get(std::string_view id) override;
  Result<bool> Erase(std::string_view id) override;
  // Reads to the end once for all of them.
  Result<int> EraseAll(const std::vector<std::string>& ids) override;
  std::string Fault() const override;
  // Says that the topic did not exist when the watch last asked for it, which is not a fault yet;
  // empty: it did.
  std::string Missing() const { return Fault().empty() ? log_->Missing() : ""; }

 private:
  explicit KafkaSecretStore(std::unique_ptr<KafkaLog> log);
  std::optional<std::string> Find(std::string_view id);
  Result<bool> Write(std::string_view id, std::string_view secret);
  Result<bool> ReadToEnd(std::chrono::milliseconds time);
  Result<bool> ReadOn(std::chrono::milliseconds time);
  void Look();
  std::optional<Error> Refusal() const;
  void NoteAll(const std::vector<LogEntry>& entries);
  Error NotRead(LogReader::Ended ended);

  mutable std::mutex table_mutex_;
  std::string fault_;  // met while reading; empty: none
  std::map<std::string, std::string, std::less<>> table_;

  std::mutex log_mutex_;  // guards what follows
  uint64_t tokens_ = 0;
  std::unique_ptr<KafkaLog> log_;
  LogReader reader_;
};

}  // namespace contacts
