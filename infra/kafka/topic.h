// The topic that is the log: made when there is none, and checked at each start.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "events/values/result.h"
#include "infra/kafka/settings.h"

struct rd_kafka_s;

namespace contacts::kafka {

struct TopicOptions {
  std::string name;
  // Of a topic that is made; one that exists keeps its own.
  int partitions = 12;
  int replication_factor = 0;   // 0: the cluster's default
  int min_insync_replicas = 0;  // 0: 2 when there are so many replicas
  bool compacted = false;       // keeps the newest entry of each key only: never for events
  // Why a topic that is not there must not be made, asked then; none, or empty: it may.
  std::function<std::string()> why_not_made{};
};

// What is wrong with the topic's settings, and what to do; empty: nothing. The error: they cannot
// be read.
Result<std::string> FaultOfSettings(rd_kafka_s* client, const TopicOptions& options, int replicas);

// How many partitions it has. Asks until the cluster answers or the time is over. The error says
// what is wrong with the topic and what to do; kNotFound: it is not there and must not be made.
Result<int> OpenTopic(const Settings& settings, const TopicOptions& options,
                      std::chrono::milliseconds time);

}  // namespace contacts::kafka
