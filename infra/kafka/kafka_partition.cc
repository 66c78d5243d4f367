#include "infra/kafka/kafka_partition.h"

#include <algorithm>

#include "events/opening.h"
#include "infra/base/log.h"
#include "infra/kafka/client.h"

namespace contacts::kafka {
namespace {

constexpr std::chrono::milliseconds kReaderWarmUp{1000};
constexpr std::chrono::milliseconds kLostPlacePause{500};
// All entries of one poll are in memory together; the embedded log has the same bound.
constexpr size_t kPollBytes = 8 << 20;

LogEntry EntryOf(const rd_kafka_message_t& message) {
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const int64_t appended = rd_kafka_message_timestamp(&message, &type);
  return {Offset{message.offset}, Timestamp{appended}, std::string(KeyOf(message)),
          std::string(ValueOf(message))};
}

}  // namespace

KafkaPartition::KafkaPartition(const Settings& settings, const TopicOptions& topic, int partition,
                               Producer& producer, EndQuestions& ends, LogWatch* watch)
    : options_(topic),
      partition_(partition),
      stir_each_bytes_(QueueBytes(settings) / 4),
      producer_(producer),
      ends_(ends),
      watch_(watch),
      client_(MakeReader(settings, &connections_)),
      topic_(rd_kafka_topic_new(client_.get(), options_.name.c_str(), nullptr)) {
  // Without this the first entry comes half a second late.
  AskTopic(client_.get(), options_.name, kReaderWarmUp);
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
  const Place known = inbox_->place();
  known_.clear();
  if (options_.compacted && known.newest) {  // to notice another topic in the place of this one
    known_.push_back(*known.newest);
    if (known.anchor) known_.push_back(*known.anchor);
  } else {
    inbox_->StartFrom(from);
  }
  next_ = from;
  lost_place_ = false;
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
  if (lost_place_ && Clock::now() < retry_at_) {
    watch_->Hasten();  // the watch's next look wakes this handle again
  } else if (lost_place_) {
    ReadAgain();
  }
  bool more = true;
  const size_t before = taken_bytes_;
  while (more && polled.entries.size() < max_entries && taken_bytes_ - before < kPollBytes) {
    const Message message(rd_kafka_consume_queue(queue_.get(), 0));
    if (message == nullptr) {
      more = false;
    } else if (!Take(*message, &polled.entries)) {
      break;  // nothing may be read after a fault
    }
  }
  if (HasReconnected()) {
    polled.entries.clear();
    return polled;
  }
  NotePlace(polled.entries);
  if (taken_bytes_ - stirred_at_ >= stir_each_bytes_) {
    stirred_at_ = taken_bytes_;
    Stir(client_.get(), options_.name, partition_);
  }
  if (more && max_entries > 0 && !lost_place_)
    inbox_->Wake();  // a handle that lost its place is woken by the watch
  return polled;
}

void KafkaPartition::NotePlace(const std::vector<LogEntry>& entries) {
  if (entries.empty()) return;
  next_ = Offset{entries.back().offset.value + 1};
  if (options_.compacted) {
    const auto anchor = std::find_if(entries.rbegin(), entries.rend(), [](const LogEntry& entry) {
      return entry.key == kOpeningKey;
    });
    if (anchor != entries.rend()) inbox_->SetAnchor(FingerprintOf(*anchor));
  }
  inbox_->SetNewest(FingerprintOf(entries.back()));
}

// False: the caller must stop reading for now.
bool KafkaPartition::Take(const rd_kafka_message_t& message, std::vector<LogEntry>* entries) {
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    TakeError(message);
    return false;
  }
  if (from_beginning_ && message.offset != 0 && !options_.compacted) {
    inbox_->Fail(NotFromTheBeginning(options_, partition_, message.offset));
    return false;
  }
  from_beginning_ = false;
  for (const Fingerprint& known : known_) {
    if (message.offset != known.offset.value || Matches(message, known)) continue;
    inbox_->Fail(NotAsItWasRead(options_, partition_, known));
    return false;
  }
  if (!expected_) {
    entries->push_back(EntryOf(message));
    taken_bytes_ += message.key_len + message.len;
  } else if (Matches(message, *expected_)) {
    expected_.reset();
  } else {
    inbox_->Fail(NotAsItWasRead(options_, partition_, *expected_));
    return false;
  }
  return true;
}

// True: the entries just read may belong to another log, so they are read again, after the newest
// entry that was handed out.
bool KafkaPartition::HasReconnected() {
  // Looked up after reading: a connection is counted before anything is read through it.
  const int connections = connections_;
  if (connections == known_connections_ || options_.compacted) return false;
  known_connections_ = connections;
  if (!inbox_->place().newest) return false;
  ReadAgain();
  inbox_->Wake();
  return true;
}

// Reads from the newest entry that was handed out, which must still be there; without one, from
// where Seek said. In a compacted topic that entry may be gone, so the one after it is read.
void KafkaPartition::ReadAgain() {
  lost_place_ = false;
  if (!options_.compacted) expected_ = inbox_->place().newest;
  ReadFrom(expected_ ? expected_->offset : next_);
}

void KafkaPartition::TakeError(const rd_kafka_message_t& message) {
  const std::string where = "partition " + std::to_string(partition_) + " of " + options_.name;
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
        return inbox_->Fail(NotFromTheBeginning(options_, partition_, std::nullopt));
      }
      if (watch_ != nullptr) {  // the watch finds out whether this leader only lags
        lost_place_ = true;
        retry_at_ = Clock::now() + kLostPlacePause;
        return watch_->Hasten();
      }
      return inbox_->Fail(where + " does not hold the entry to read on from (" +
                          rd_kafka_message_errstr(&message) +
                          "): the log was cut, replaced or made anew. " + WhatToDo(options_));
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
      return inbox_->Fail("no right to read " + where + ": grant READ on the topic, start again");
    default:
      log::Warn("kafka: reading", {{"partition", std::to_string(partition_)},
                                   {"says", rd_kafka_message_errstr(&message)}});
      if (watch_ != nullptr) watch_->Hasten();
  }
}

}  // namespace contacts::kafka
