// Secrets in a compacted topic, so that they are the same on every instance.
//
//   topic <topic>.secrets, one partition: key = id, value = secret; an empty value erases
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "events/secret_store.h"
#include "infra/kafka/kafka_log.h"
#include "infra/kafka/secret_table.h"
#include "infra/kafka/topic_thread.h"

namespace contacts {

// The topic that goes with the one of events.
kafka::TopicOptions SecretsTopic(kafka::TopicOptions events);

// Any thread. Keeps all of the topic in memory, and reads it at all times on a thread of its own: a
// change counts on each instance as soon as it was read. For an id that is not there (but
// kNobodysSecret) it first reads the topic to its end. After it was cut off from the topic for half
// of TopicOptions::erasures_kept, it reads the topic again from its start: erasures may have left
// it.
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
  Result<bool> PutAll(const std::vector<StoredSecret>& secrets) override;
  Result<std::optional<std::string>> Get(std::string_view id) override;
  Result<bool> Erase(std::string_view id) override;
  // Reads to the end once for all of them.
  Result<int> EraseAll(const std::vector<std::string>& ids) override;
  Result<bool> Scan(std::string_view prefix, const Visit& visit) override;
  void OnChange(Changed changed) override;
  Result<bool> CatchUp() override;
  std::string Fault() const override;
  // Says that the topic did not exist when the watch last asked for it, which is not a fault yet;
  // empty: it did.
  std::string Missing() const { return Fault().empty() ? log_->Missing() : ""; }

  // Reads the topic from its start: how many of its entries hold a secret that a later entry
  // erased, so that compaction will remove them. The error: it was not read to its end in time,
  // or `stop` became true.
  Result<int64_t> ErasedInTopic(std::chrono::seconds time, const std::atomic<bool>& stop);
  // Appends an entry that says nothing. Kafka ends a segment only when something is appended, and
  // compacts only segments that have ended.
  Result<bool> AppendNothing();

 private:
  KafkaSecretStore(std::unique_ptr<KafkaLog> log, std::chrono::milliseconds erasures_kept,
                   std::function<Timestamp()> clock);
  Result<bool> Write(std::vector<kafka::TopicThread::Entry> entries);
  Result<bool> ReadToEnd(std::chrono::milliseconds time);
  std::optional<Error> Refusal() const;

  kafka::SecretTable table_;
  const std::unique_ptr<KafkaLog> log_;
  std::unique_ptr<kafka::TopicThread> thread_;  // goes before all that it uses
};

}  // namespace contacts
