// A client of the cluster, with the settings that the write rule rests on.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "infra/kafka/handles.h"
#include "infra/kafka/settings.h"

namespace contacts::kafka {

// Bytes of the largest key, value and envelope together that a topic of ours must take.
inline constexpr int kMessageBytes = 1'010'000;
// The max.message.bytes of a topic that we make.
inline constexpr int kTopicMessageBytes = kMessageBytes + 100'000;
// How long the producer tries; the writer's timer (WriterOptions::resend_after) is longer.
inline constexpr std::chrono::milliseconds kDeliveryTimeout{20000};

// Why the operator may not choose this key; empty: the key may be chosen.
std::string WhyRefused(const std::string& key);
// librdkafka's words for what is wrong with this value of the key; empty: nothing.
std::string WhyInvalid(const std::string& key, const std::string& value);

struct ProducerHooks {
  void* opaque;
  void (*delivered)(rd_kafka_t*, const rd_kafka_message_t*, void*);
  void (*failed)(rd_kafka_t*, int, const char*, void*);
};

// Why brokers refuse a client. Written by rd_kafka_poll, on the thread that calls it.
struct Complaints {
  std::string newest;      // about a connection; empty: there was none
  std::string of_login;    // about user, password or mechanism
  std::string of_secrecy;  // about TLS
  std::string of_names;    // about an address that a broker gives itself
};

// All four throw std::runtime_error with librdkafka's words, and ask the cluster nothing yet.
Client MakeProducer(const Settings& settings, const ProducerHooks& hooks);
// For entries that brokers refuse because of their size. It does not compress them.
Client MakeOversizedProducer(const Settings& settings, const ProducerHooks& hooks);
// The client also sends admin requests. The complaints must outlive the client.
Client MakeConsumer(const Settings& settings, Complaints* complaints = nullptr);
// `connections` counts the connections that the client has made to brokers, and must outlive it:
// each is counted before anything is read through it.
Client MakeReader(const Settings& settings, std::atomic<int>* connections);

// The most bytes of entries that a client fetches ahead.
size_t QueueBytes(const Settings& settings);

// The cluster's answer about the topic. kUnknown and kDenied: `error` says why.
struct TopicState {
  enum class Found { kYes, kNo, kDenied, kUnknown };
  Found found = Found::kUnknown;
  int partitions = 0;
  int replicas = 0;          // the fewest that a partition has
  bool led = false;          // each partition has a leader
  std::vector<int> leaders;  // the broker's id for each partition; -1: none
  std::string error;
};
TopicState AskTopic(rd_kafka_t* client, const std::string& topic, std::chrono::milliseconds time);

// The offset at which a partition begins, or that its next entry will get.
enum class EdgeOf : int64_t { kBeginning = RD_KAFKA_OFFSET_BEGINNING, kEnd = RD_KAFKA_OFFSET_END };
// The edges of these partitions, by one request to each leader. A partition without a leader
// is missing in the answer; all are missing when a leader has not answered within that time, or
// could not say one of them. Any number of threads may ask at the same time.
std::map<int, int64_t> AskOffsets(rd_kafka_t* client, const std::string& topic,
                                  const std::set<int>& partitions, EdgeOf edge,
                                  std::chrono::milliseconds time);

// Makes the thread of a reader's client look whether there is room for more entries; does not
// block. librdkafka 2.0.2 stops fetching once enough entries wait, and looks again after a second
// unless something is asked of that partition's leader.
void Stir(rd_kafka_t* reader, const std::string& topic, int partition);

}  // namespace contacts::kafka
