// A client of the cluster, with the settings that the write rule rests on.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>

#include "infra/kafka/handles.h"
#include "infra/kafka/settings.h"

namespace contacts::kafka {

// The largest key and value together that a topic of ours must take, with their envelope.
inline constexpr int kMessageBytes = 1'010'000;
// What a topic that we make takes.
inline constexpr int kTopicMessageBytes = kMessageBytes + 100'000;
// How long the producer tries; the writer's timer (WriterOptions::resend_after) is longer.
inline constexpr std::chrono::milliseconds kDeliveryTimeout{20000};

// Why the operator may not choose this key; empty: he may.
std::string WhyRefused(const std::string& key);
// What is wrong with it by librdkafka; empty: nothing.
std::string WhyInvalid(const std::string& key, const std::string& value);

struct ProducerHooks {
  void* opaque;
  void (*delivered)(rd_kafka_t*, const rd_kafka_message_t*, void*);
  void (*failed)(rd_kafka_t*, int, const char*, void*);
};

// Why brokers do not let a client in. Written by rd_kafka_poll, on its thread.
struct Complaints {
  std::string newest;      // about a connection; empty: there was none
  std::string of_login;    // about user, password or mechanism
  std::string of_secrecy;  // about TLS
};

// They throw std::runtime_error with librdkafka's words. Nothing is asked of the cluster yet.
Client MakeProducer(const Settings& settings, const ProducerHooks& hooks);
// Also for admin requests. The complaints must outlive it.
Client MakeConsumer(const Settings& settings, Complaints* complaints = nullptr);
// `connections` counts the connections that it has made to brokers, and must outlive it: each is
// counted before anything is read through it.
Client MakeReader(const Settings& settings, std::atomic<int>* connections);

// The message of that fault: the first entry of a partition is not at 0. nullopt: nobody knows
// where.
std::string NotFromTheBeginning(const std::string& topic, int partition,
                                std::optional<int64_t> begins);

// Bytes of entries that a client keeps ready at most.
size_t QueueBytes(const Settings& settings);

// What the client knows of the topic, asked anew. None: `error` says why.
struct TopicState {
  enum class Found { kYes, kNo, kDenied, kUnknown };
  Found found = Found::kUnknown;
  int partitions = 0;
  int replicas = 0;  // of the partition that has fewest
  bool led = false;  // each partition has a leader
  std::string error;
};
TopicState AskTopic(rd_kafka_t* client, const std::string& topic, std::chrono::milliseconds time);

// The offset at which the partition begins, or that its next entry will get. nullopt: its leader
// did not say within that time.
enum class EdgeOf : int64_t { kBeginning = RD_KAFKA_OFFSET_BEGINNING, kEnd = RD_KAFKA_OFFSET_END };
std::optional<int64_t> AskOffset(rd_kafka_t* client, const std::string& topic, int partition,
                                 EdgeOf edge, std::chrono::milliseconds time);

}  // namespace contacts::kafka
