// One handle of a partition of the topic. It has its own client, without a consumer group: the read
// models keep the offset to read from. After a reconnect the log may be another one, so the handle
// first reads the newest entry again that it handed out.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "events/event_log.h"
#include "infra/kafka/end_questions.h"
#include "infra/kafka/handles.h"
#include "infra/kafka/inbox.h"
#include "infra/kafka/log_watch.h"
#include "infra/kafka/producer.h"
#include "infra/kafka/settings.h"

namespace contacts::kafka {

class KafkaPartition : public LogPartition {
 public:
  // All must outlive it; `watch` may be nullptr. Throws std::runtime_error. With a watch, an end
  // before what was read is a fault only once the watch has proved it.
  KafkaPartition(const Settings& settings, const TopicOptions& topic, int partition,
                 Producer& producer, EndQuestions& ends, LogWatch* watch);
  ~KafkaPartition() override;

  void SetWake(std::function<void()> wake) override { inbox_->SetWake(std::move(wake)); }
  void Seek(Offset from) override;
  void Append(std::vector<Outgoing> entries) override;
  void QueryEnd(uint64_t query) override { ends_.Ask(partition_, query, inbox_); }
  Polled Poll(size_t max_entries) override;

 private:
  using Clock = std::chrono::steady_clock;

  void StopReading();
  void ReadFrom(Offset from);
  void ReadAgain();
  bool Take(const rd_kafka_message_t& message, std::vector<LogEntry>* entries);
  void NotePlace(const std::vector<LogEntry>& entries);
  bool HasReconnected();
  void TakeError(const rd_kafka_message_t& message);

  const TopicOptions options_;
  const int partition_;
  const size_t stir_each_bytes_;
  Producer& producer_;
  EndQuestions& ends_;
  LogWatch* const watch_;
  const std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
  std::atomic<int> connections_{0};  // made by the client so far …
  int known_connections_ = 0;        // … and when the newest entry was last read again
  const Client client_;
  const TopicHandle topic_;
  Queue queue_;                  // none: not reading
  bool from_beginning_ = false;  // the next entry must have offset 0
  bool lost_place_ = false;      // the leader does not have the entry to read on from …
  Clock::time_point retry_at_;   // … and is asked for it again from this time on
  // After a reconnect the next entry must be this one, the newest that was handed out.
  std::optional<Fingerprint> expected_;
  Offset next_{0};  // after the newest entry that was handed out since Seek
  // Of a compacted topic: what was known of it at Seek. Another entry at one of these offsets is a
  // fault; none there is compaction, or is for the watch to judge.
  std::vector<Fingerprint> known_;
  size_t taken_bytes_ = 0;  // handed out so far …
  size_t stirred_at_ = 0;   // … and when the client was last stirred
};

}  // namespace contacts::kafka
