// The topic that is the log: made when there is none, and checked at each start.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

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

// The settings that a topic has; the error says why they cannot be read. `time`: for the broker to
// answer; to find one may take as long again.
using TopicConfig = std::map<std::string, std::string>;
Result<TopicConfig> ReadTopicConfig(rd_kafka_s* client, const std::string& topic,
                                    std::chrono::milliseconds time);
// All that is wrong with them, and what to do.
std::vector<std::string> FaultsOfConfig(TopicConfig config, const TopicOptions& options,
                                        int replicas);
// The first fault of the topic as it is now; empty: there is none.
Result<std::string> FaultOfSettings(rd_kafka_s* client, const TopicOptions& options, int replicas);

// That a right to use the topic is missing, and which are needed.
std::string NoRightsFor(const std::string& topic);

// How many partitions it has. Asks until the cluster answers or the time is over. The error says
// what is wrong with the topic and what to do; kNotFound: it is not there and must not be made.
Result<int> OpenTopic(const Settings& settings, const TopicOptions& options,
                      std::chrono::milliseconds time);

}  // namespace contacts::kafka
