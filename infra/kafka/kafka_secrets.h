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

// Any thread. All of the topic is kept in memory; what is not there is looked for at its end, but
// for kNobodysSecret. An entry that is not what its id says is stepped over. An erased secret may
// still be found until the topic is looked at next.
//
// The topic is watched as the log is: one that was deleted, cut, made anew or re-partitioned, has
// other settings or is damaged is a fault.
class KafkaSecretStore : public SecretStore {
 public:
  struct Opening {
    bool may_leave_old = false;                      // see OldName
    std::function<std::string()> why_not_made = {};  // of TopicOptions
  };

  // `options` are those of the log of events. Reads all of the topic; makes it when there is none,
  // or says kNotFound. A topic of the old name and none of the new one: kConflict, unless that is
  // to be left.
  static Result<std::unique_ptr<KafkaSecretStore>> Open(KafkaLogOptions options, Opening opening);
  ~KafkaSecretStore() override;

  Result<bool> Put(std::string_view id, std::string_view secret) override;
  Result<std::optional<std::string>> Get(std::string_view id) override;
  Result<bool> Erase(std::string_view id) override;
  // Reads to the end once for all of them.
  Result<int> EraseAll(const std::vector<std::string>& ids) override;
  std::string Fault() const override;
  // The topic was not there when it was last asked for, which is no fault yet; empty: it was.
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
  std::string fault_;  // of reading
  std::map<std::string, std::string, std::less<>> table_;

  std::mutex log_mutex_;  // held by the one that uses what follows
  uint64_t tokens_ = 0;
  std::unique_ptr<KafkaLog> log_;
  LogReader reader_;
};

}  // namespace contacts
