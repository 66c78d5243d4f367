// Secrets in a compacted topic, so that they are the same on every instance.
//
//   topic <topic>.credentials, one partition: key = id, value = secret; an empty value erases
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "events/log_reader.h"
#include "events/secret_store.h"
#include "infra/kafka/kafka_log.h"

namespace contacts {

// Any thread. All of the topic is kept in memory; what is not there is looked for at its end. An
// erased secret may still be found for as long as this instance asks for no new one.
class KafkaSecretStore : public SecretStore {
 public:
  // `options` are those of the log of events. Reads all of the topic; makes it when there is none.
  static Result<std::unique_ptr<KafkaSecretStore>> Open(KafkaLogOptions options);

  Result<bool> Put(std::string_view id, std::string_view secret) override;
  Result<std::optional<std::string>> Get(std::string_view id) override;
  Result<bool> Erase(std::string_view id) override;

 private:
  explicit KafkaSecretStore(std::unique_ptr<KafkaLog> log);
  std::optional<std::string> Find(std::string_view id);
  Result<bool> Write(std::string_view id, std::string_view secret);
  Result<bool> ReadToEnd(std::chrono::milliseconds time);
  void NoteAll(const std::vector<LogEntry>& entries);
  Error NotRead(LogReader::Ended ended) const;

  std::mutex table_mutex_;
  std::map<std::string, std::string, std::less<>> table_;

  std::mutex log_mutex_;  // held by the one that uses what follows
  uint64_t tokens_ = 0;
  std::unique_ptr<KafkaLog> log_;
  LogReader reader_;
};

}  // namespace contacts
