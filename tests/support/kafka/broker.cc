#include "tests/support/kafka/broker.h"

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <stdexcept>

namespace contacts::testing {
namespace {

std::string Output(const std::string& command) {
  FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("no shell");
  std::string output;
  char part[256];
  while (const size_t size = fread(part, 1, sizeof part, pipe)) output.append(part, size);
  if (pclose(pipe) != 0) throw std::runtime_error(command + " failed");
  while (!output.empty() && output.back() == '\n') output.pop_back();
  return output;
}

// Administer throws unless the cluster did the request; ErrorOf returns the error of its operation.
using Send = std::function<void(rd_kafka_t*, rd_kafka_queue_t*)>;
using ErrorOf = std::function<rd_kafka_resp_err_t(const rd_kafka_event_t*)>;

void Administer(const std::string& address, const Send& send, const ErrorOf& error_of) {
  char error[256];
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  rd_kafka_conf_set(conf, "bootstrap.servers", address.c_str(), error, sizeof error);
  const std::unique_ptr<rd_kafka_t, decltype(&rd_kafka_destroy)> client(
      rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error), &rd_kafka_destroy);
  if (!client) throw std::runtime_error(error);
  const std::unique_ptr<rd_kafka_queue_t, decltype(&rd_kafka_queue_destroy)> queue(
      rd_kafka_queue_new(client.get()), &rd_kafka_queue_destroy);
  send(client.get(), queue.get());
  const std::unique_ptr<rd_kafka_event_t, decltype(&rd_kafka_event_destroy)> event(
      rd_kafka_queue_poll(queue.get(), 30000), &rd_kafka_event_destroy);
  if (!event) throw std::runtime_error("the broker did not answer");
  rd_kafka_resp_err_t code = rd_kafka_event_error(event.get());
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) code = error_of(event.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) throw std::runtime_error(rd_kafka_err2str(code));
}

// The settings by which the broker goes.
kafka::Settings ConfigOf(const std::string& address, const std::string& topic) {
  rd_kafka_ConfigResource_t* asked =
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str());
  kafka::Settings config;
  Administer(
      address,
      [&](auto* client, auto* queue) {
        rd_kafka_DescribeConfigs(client, &asked, 1, nullptr, queue);
      },
      [&](const auto* event) {
        size_t count = 0;
        const rd_kafka_ConfigResource_t* resource = rd_kafka_DescribeConfigs_result_resources(
            rd_kafka_event_DescribeConfigs_result(const_cast<rd_kafka_event_t*>(event)), &count)[0];
        const auto* const* entries = rd_kafka_ConfigResource_configs(resource, &count);
        for (const auto* const* entry = entries; entry != entries + count; ++entry) {
          const char* value = rd_kafka_ConfigEntry_value(*entry);
          if (value != nullptr) config[rd_kafka_ConfigEntry_name(*entry)] = value;
        }
        return rd_kafka_ConfigResource_error(resource);
      });
  rd_kafka_ConfigResource_destroy(asked);
  return config;
}

// The broker rebuilds the indexes.
void RemoveIndexes(const std::filesystem::path& segment) {
  for (const char* index : {".index", ".timeindex"}) {
    std::filesystem::remove(std::filesystem::path(segment).replace_extension(index));
  }
}

}  // namespace

Broker::~Broker() {
  try {
    Kill();
  } catch (const std::runtime_error&) {
  }
}

Broker& Broker::Shared() {
  static Broker broker;
  return broker;
}

std::string Broker::Tool(const std::string& verb) const {
  return Output("KAFKA_PARENT=" + std::to_string(getpid()) +
                " '" CONTACTS_SOURCE_DIR "/tools/kafka-broker' " + verb + " '" + dir_.path() + "'");
}

void Broker::Start() { address_ = Tool("start"); }
void Broker::Stop() { Tool("stop"); }
void Broker::Kill() { Tool("kill"); }

void Broker::Signal(int signal) const {
  std::ifstream file(dir_ / "pid");
  pid_t process = 0;
  if (!(file >> process) || kill(process, signal) != 0) {
    throw std::runtime_error("the broker cannot be signalled");
  }
}

std::string Broker::NewTopicName() {
  static int count = 0;
  return "events-" + std::to_string(++count);
}

KafkaLogOptions Broker::OptionsOf(const std::string& topic, int partitions) const {
  KafkaLogOptions options;
  options.settings = settings();
  options.topic.name = topic;
  options.topic.partitions = partitions;
  options.watch_interval = std::chrono::milliseconds(200);
  return options;
}

void Broker::DeleteTopic(const std::string& topic) {
  rd_kafka_DeleteTopic_t* deleted = rd_kafka_DeleteTopic_new(topic.c_str());
  Administer(
      address_,
      [&](auto* client, auto* queue) {
        rd_kafka_DeleteTopics(client, &deleted, 1, nullptr, queue);
      },
      [](const auto* event) {
        size_t count = 0;
        return rd_kafka_topic_result_error(rd_kafka_DeleteTopics_result_topics(
            rd_kafka_event_DeleteTopics_result(const_cast<rd_kafka_event_t*>(event)), &count)[0]);
      });
  rd_kafka_DeleteTopic_destroy(deleted);
}

void Broker::AddPartitions(const std::string& topic, int new_total) {
  char error[256];
  rd_kafka_NewPartitions_t* added = rd_kafka_NewPartitions_new(
      topic.c_str(), static_cast<size_t>(new_total), error, sizeof error);
  Administer(
      address_,
      [&](auto* client, auto* queue) {
        rd_kafka_CreatePartitions(client, &added, 1, nullptr, queue);
      },
      [](const auto* event) {
        size_t count = 0;
        return rd_kafka_topic_result_error(rd_kafka_CreatePartitions_result_topics(
            rd_kafka_event_CreatePartitions_result(const_cast<rd_kafka_event_t*>(event)),
            &count)[0]);
      });
  rd_kafka_NewPartitions_destroy(added);
}

// librdkafka 2.0.2 sets all settings of a topic together: those that are not named get the default.
void Broker::SetConfig(const std::string& topic, const std::string& key, const std::string& value) {
  kafka::Settings config = {
      {"cleanup.policy", "delete"},     {"retention.ms", "-1"},
      {"retention.bytes", "-1"},        {"message.timestamp.type", "LogAppendTime"},
      {"max.message.bytes", "1200000"}, {"unclean.leader.election.enable", "false"}};
  if (topic.ends_with(".secrets")) {
    config["cleanup.policy"] = "compact";
    config.insert({{"segment.ms", "3600000"},
                   {"max.compaction.lag.ms", "3600000"},
                   {"delete.retention.ms", "604800000"}});
  }
  config[key] = value;
  rd_kafka_ConfigResource_t* resource =
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str());
  for (const auto& [name, chosen] : config) {
    rd_kafka_ConfigResource_set_config(resource, name.c_str(), chosen.c_str());
  }
  Administer(
      address_,
      [&](auto* client, auto* queue) {
        rd_kafka_AlterConfigs(client, &resource, 1, nullptr, queue);
      },
      [](const auto* event) {
        size_t count = 0;
        return rd_kafka_ConfigResource_error(rd_kafka_AlterConfigs_result_resources(
            rd_kafka_event_AlterConfigs_result(const_cast<rd_kafka_event_t*>(event)), &count)[0]);
      });
  rd_kafka_ConfigResource_destroy(resource);
  // Kafka 4 answers before the broker itself goes by the change.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  const auto is_so = [&] {
    const kafka::Settings now = ConfigOf(address_, topic);
    return std::ranges::all_of(config, [&](const auto& chosen) {
      return now.contains(chosen.first) && now.at(chosen.first) == chosen.second;
    });
  };
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > deadline) {
      throw std::runtime_error("the broker does not go by " + key + "=" + value);
    }
  }
}

void Broker::DeleteRecords(const std::string& topic, int partition, Offset offset) {
  rd_kafka_topic_partition_list_t* list = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(list, topic.c_str(), partition)->offset = offset.value;
  rd_kafka_DeleteRecords_t* deleted = rd_kafka_DeleteRecords_new(list);
  rd_kafka_topic_partition_list_destroy(list);
  Administer(
      address_,
      [&](auto* client, auto* queue) {
        rd_kafka_DeleteRecords(client, &deleted, 1, nullptr, queue);
      },
      [](const auto* event) {
        return rd_kafka_DeleteRecords_result_offsets(
                   rd_kafka_event_DeleteRecords_result(const_cast<rd_kafka_event_t*>(event)))
            ->elems[0]
            .err;
      });
  rd_kafka_DeleteRecords_destroy(deleted);
}

std::string Broker::FirstSegment(const std::string& topic, int partition) const {
  return LogDirectory() + "/" + topic + "-" + std::to_string(partition) +
         "/00000000000000000000.log";
}

// A batch begins with its base offset (8 bytes) and the length of the rest (4 bytes), big-endian.
void Broker::CutTail(const std::string& topic, int partition, size_t count) {
  const std::string segment = FirstSegment(topic, partition);
  std::ifstream in(segment, std::ios::binary);
  const std::string bytes(std::istreambuf_iterator<char>(in), {});
  size_t at = 0;
  for (size_t batch = 0; batch < count; ++batch) {
    if (at + 12 > bytes.size()) throw std::runtime_error("there are not so many batches");
    size_t length = 0;
    for (size_t i = 8; i < 12; ++i) length = length << 8 | static_cast<uint8_t>(bytes[at + i]);
    at += 12 + length;
  }
  std::filesystem::resize_file(segment, at);
  RemoveIndexes(segment);
}

void Broker::CopyPartition(const std::string& from, const std::string& to, int partition) {
  std::filesystem::copy_file(FirstSegment(from, partition), FirstSegment(to, partition),
                             std::filesystem::copy_options::overwrite_existing);
  RemoveIndexes(FirstSegment(to, partition));
}

void Broker::MakeTopic(const std::string& topic, int partitions, const kafka::Settings& config) {
  char error[256];
  rd_kafka_NewTopic_t* made =
      rd_kafka_NewTopic_new(topic.c_str(), partitions, 1, error, sizeof error);
  for (const auto& [key, value] : config) {
    rd_kafka_NewTopic_set_config(made, key.c_str(), value.c_str());
  }
  Administer(
      address_,
      [&](auto* client, auto* queue) { rd_kafka_CreateTopics(client, &made, 1, nullptr, queue); },
      [](const auto* event) {
        size_t count = 0;
        return rd_kafka_topic_result_error(rd_kafka_CreateTopics_result_topics(
            rd_kafka_event_CreateTopics_result(const_cast<rd_kafka_event_t*>(event)), &count)[0]);
      });
  rd_kafka_NewTopic_destroy(made);
}

}  // namespace contacts::testing
