// A real broker for tests, with operations on its topics that an administrator could do.
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

  // The one broker for all tests of a binary.
  static Broker& Shared();

  const std::string& address() const { return address_; }
  // The directory of its logs, each in a folder TOPIC-PARTITION.
  std::string LogDirectory() const { return dir_ / "log"; }
  kafka::Settings settings() const { return {{"bootstrap.servers", address_}}; }
  // The options of a log in `topic`.
  KafkaLogOptions OptionsOf(const std::string& topic, int partitions = 1) const;
  static std::string NewTopicName();

  void Start();
  void Stop();
  void Kill();
  // The broker keeps its connections and does nothing until Continue.
  void Pause() const { Signal(SIGSTOP); }
  void Continue() const { Signal(SIGCONT); }

  void DeleteTopic(const std::string& topic);
  void AddPartitions(const std::string& topic, int new_total);
  void SetConfig(const std::string& topic, const std::string& key, const std::string& value);
  // Deletes the records before `offset`.
  void DeleteRecords(const std::string& topic, int partition, Offset offset);
  // While it is down, the broker loses a partition's entries from the `count`th batch on, as on a
  // bad disk or in a restored copy.
  void CutTail(const std::string& topic, int partition, size_t count);
  // While it is down, the broker's partition of `to` is replaced by that of `from`.
  void CopyPartition(const std::string& from, const std::string& to, int partition);
  // The file of a partition's first entries.
  std::string FirstSegment(const std::string& topic, int partition) const;
  // Makes a topic with any settings, as another program may have made it.
  void MakeTopic(const std::string& topic, int partitions, const kafka::Settings& config);

 private:
  std::string Tool(const std::string& verb) const;
  void Signal(int signal) const;

  TempDir dir_;
  std::string address_;
};

}  // namespace contacts::testing
