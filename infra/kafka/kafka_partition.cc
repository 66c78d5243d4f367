#include "infra/kafka/kafka_partition.h"

#include "infra/base/log.h"
#include "infra/kafka/client.h"

namespace contacts::kafka {
namespace {

constexpr std::chrono::milliseconds kReaderWarmUp{1000};

LogEntry EntryOf(const rd_kafka_message_t& message) {
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const int64_t appended = rd_kafka_message_timestamp(&message, &type);
  return {Offset{message.offset}, Timestamp{appended},
          std::string(static_cast<const char*>(message.key), message.key_len),
          std::string(static_cast<const char*>(message.payload), message.len)};
}

}  // namespace

KafkaPartition::KafkaPartition(const Settings& settings, const TopicOptions& topic, int partition,
                               Producer& producer, EndQuestions& ends, LogWatch* watch)
    : topic_name_(topic.name),
      compacted_(topic.compacted),
      partition_(partition),
      stir_each_bytes_(QueueBytes(settings) / 4),
      producer_(producer),
      ends_(ends),
      watch_(watch),
      client_(MakeReader(settings, &connections_)),
      topic_(rd_kafka_topic_new(client_.get(), topic_name_.c_str(), nullptr)) {
  AskTopic(client_.get(), topic_name_,
           kReaderWarmUp);  // else the first entry comes half a second late
  if (watch_ != nullptr) watch_->Join(partition, inbox_);
}

KafkaPartition::~KafkaPartition() {
  inbox_->SetWake(nullptr);
  StopReading();
}

void KafkaPartition::StopReading() {
  if (!queue_) return;
  rd_kafka_queue_cb_event_enable(queue_.get(), nullptr, nullptr);
  rd_kafka_consume_stop(topic_.get(), partition_);
  queue_.reset();
}

void KafkaPartition::Seek(Offset from) {
  inbox_->SetMark(std::nullopt);
  expected_.reset();
  from_beginning_ = from.value == 0;
  ReadFrom(from);
}

void KafkaPartition::ReadFrom(Offset from) {
  StopReading();
  queue_.reset(rd_kafka_queue_new(client_.get()));
  rd_kafka_queue_cb_event_enable(
      queue_.get(), [](rd_kafka_t*, void* inbox) { static_cast<Inbox*>(inbox)->Wake(); },
      inbox_.get());
  if (rd_kafka_consume_start_queue(topic_.get(), partition_, from.value, queue_.get()) != 0) {
    inbox_->Fail(std::string("partition cannot be read: ") +
                 rd_kafka_err2str(rd_kafka_last_error()));
  }
}

void KafkaPartition::Append(std::vector<Outgoing> entries) {
  producer_.Append(partition_, inbox_, std::move(entries));
}

Polled KafkaPartition::Poll(size_t max_entries) {
  Polled polled = inbox_->Take();
  if (polled.fault || !queue_) return polled;
  bool more = true;
  while (more && polled.entries.size() < max_entries) {
    const Message message(rd_kafka_consume_queue(queue_.get(), 0));
    if (message == nullptr) {
      more = false;
    } else if (!Take(*message, &polled.entries)) {
      break;  // what follows must not be read after a fault
    }
  }
  if (HasReconnected()) {
    polled.entries.clear();
    return polled;
  }
  if (!polled.entries.empty()) inbox_->SetMark(MarkOf(polled.entries.back()));
  if (since_stirred_ >= stir_each_bytes_) {
    since_stirred_ = 0;
    Stir(client_.get(), topic_name_, partition_);
  }
  if (more) inbox_->Wake();
  return polled;
}

// False: nothing more is to be read now.
bool KafkaPartition::Take(const rd_kafka_message_t& message, std::vector<LogEntry>* entries) {
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    TakeError(message);
    return false;
  }
  if (from_beginning_ && message.offset != 0 && !compacted_) {
    inbox_->Fail(NotFromTheBeginning(topic_name_, partition_, message.offset));
    return false;
  }
  from_beginning_ = false;
  if (!expected_) {
    entries->push_back(EntryOf(message));
    since_stirred_ += message.key_len + message.len;
  } else if (IsMarked(message, *expected_)) {
    expected_.reset();
  } else {
    inbox_->Fail(NotAsItWasRead(topic_name_, partition_, *expected_));
    return false;
  }
  return true;
}

// True: what was just read may be of another log. It is read again, behind the newest entry that
// was handed out.
bool KafkaPartition::HasReconnected() {
  const int connections = connections_;  // after reading: each is counted before it is read through
  if (connections == known_connections_ || compacted_) return false;
  known_connections_ = connections;
  const std::optional<Mark> mark = inbox_->mark();
  if (!mark) return false;
  expected_ = mark;
  ReadFrom(mark->offset);
  inbox_->Wake();
  return true;
}

void KafkaPartition::TakeError(const rd_kafka_message_t& message) {
  const std::string where = "partition " + std::to_string(partition_) + " of " + topic_name_;
  switch (message.err) {
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
    case RD_KAFKA_RESP_ERR_INVALID_MSG:
      return inbox_->Fail(where + " is damaged at " + std::to_string(message.offset) +
                          ": a checksum is wrong. Bring the broker's files back from a good "
                          "replica or a backup, then start again");
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
      if (from_beginning_) {
        return inbox_->Fail(NotFromTheBeginning(topic_name_, partition_, std::nullopt));
      }
      return inbox_->Fail(where + " does not hold the place to read on from (" +
                          rd_kafka_message_errstr(&message) +
                          "): the log was cut, replaced or made anew. " + kBringTheRightLogBack);
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      return inbox_->Fail("no right to read " + where + ": grant READ on the topic, start again");
    default:
      log::Warn("kafka: reading", {{"partition", std::to_string(partition_)},
                                   {"says", rd_kafka_message_errstr(&message)}});
      if (watch_ != nullptr) watch_->Hasten();
  }
}

}  // namespace contacts::kafka
