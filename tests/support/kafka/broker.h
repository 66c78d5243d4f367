// A real broker for tests, and what an administrator could do to its topics.
#pragma once

#include <csignal>
#include <string>

#include "infra/kafka/kafka_log.h"
#include "tests/support/temp_dir.h"

namespace contacts::testing {

// One thread. Failures throw std::runtime_error.
class Broker {
 public:
  Broker() { Start(); }
  ~Broker();
  Broker(const Broker&) = delete;
  Broker& operator=(const Broker&) = delete;

  // One for all tests of a binary.
  static Broker& Shared();

  const std::string& address() const { return address_; }
  // Of its logs: a folder TOPIC-PARTITION each.
  std::string LogDirectory() const { return dir_ / "log"; }
  kafka::Settings settings() const { return {{"bootstrap.servers", address_}}; }
  // Of a log in a topic of its own.
  KafkaLogOptions OptionsOf(const std::string& topic, int partitions = 1) const;
  static std::string NewTopicName();

  void Start();
  void Stop();
  void Kill();
  // It keeps its connections and does nothing, until it goes on.
  void Pause() const { Signal(SIGSTOP); }
  void Continue() const { Signal(SIGCONT); }

  void DeleteTopic(const std::string& topic);
  void AddPartitions(const std::string& topic, int new_total);
  void SetConfig(const std::string& topic, const std::string& key, const std::string& value);
  // What is before `offset` is gone.
  void DeleteRecords(const std::string& topic, int partition, Offset offset);
  // The broker loses, while it is down, what a partition holds from the `count`th batch of entries
  // on: as a bad disk or a restored copy has it.
  void CutTail(const std::string& topic, int partition, size_t count);
  // The broker, while it is down, gets a partition of another topic in place of the same of `to`.
  void CopyPartition(const std::string& from, const std::string& to, int partition);
  // The file of a partition's first entries.
  std::string FirstSegment(const std::string& topic, int partition) const;
  // Of a topic that something else than us may have made.
  void MakeTopic(const std::string& topic, int partitions, const kafka::Settings& config);

 private:
  std::string Tool(const std::string& verb) const;
  void Signal(int signal) const;

  TempDir dir_;
  std::string address_;
};

}  // namespace contacts::testing
