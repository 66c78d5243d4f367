// The topic that holds the log: made when there is none, and checked at each start.
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
  // The next three are for a topic that is made; one that exists keeps its own.
  int partitions = 12;
  int replication_factor = 0;   // 0: the cluster's default
  int min_insync_replicas = 0;  // 0: 2 when replication_factor is above 1, else the cluster's
  bool compacted = false;       // keeps the newest entry of each key only: never for events
  // Of a compacted topic, also of one that exists: an entry that was replaced is gone from its
  // files after about twice this time, and each reader that is away for less than `erasures_kept`
  // sees what was erased.
  std::chrono::milliseconds compacted_within = std::chrono::hours(1);
  std::chrono::milliseconds erasures_kept = std::chrono::hours(7 * 24);
  // Called when the topic does not exist; returns why it must not be made, or an empty text. No
  // function: it may be made.
  std::function<std::string()> why_not_made{};
};

// The settings that a topic has; the error says why they cannot be read. `time`: how long the
// broker may take to answer; finding a broker may take as long again.
using TopicConfig = std::map<std::string, std::string>;
Result<TopicConfig> ReadTopicConfig(rd_kafka_s* client, const std::string& topic,
                                    std::chrono::milliseconds time);
// All faults of the settings, and what to do.
std::vector<std::string> FaultsOfConfig(TopicConfig config, const TopicOptions& options,
                                        int replicas);
// The first fault of the topic as it is now; empty: there is none.
Result<std::string> FaultOfSettings(rd_kafka_s* client, const TopicOptions& options, int replicas);

// The message that a right to use the topic is missing; names the rights that are needed.
std::string NoRightsFor(const std::string& topic);

// The topic's number of partitions. Asks until the cluster answers or `time` is over. The error
// says what is wrong with the topic and what to do; kNotFound: it does not exist and must not be
// made.
Result<int> OpenTopic(const Settings& settings, const TopicOptions& options,
                      std::chrono::milliseconds time);

}  // namespace contacts::kafka
