#include "infra/kafka/topic.h"

#include <cstdlib>
#include <functional>
#include <optional>
#include <thread>

#include "infra/base/growing_pause.h"
#include "infra/base/log.h"
#include "infra/kafka/client.h"
#include "infra/kafka/cluster_faults.h"

namespace contacts::kafka {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kAnswer{3000};
constexpr std::chrono::milliseconds kFirstTopicPause{100};
constexpr std::chrono::milliseconds kLongestTopicPause{1000};
// A broker that has just started may not know a topic yet.
constexpr int kMissesOfALostTopic = 4;

constexpr const char* kNoRights =
    "no right to use a topic: grant DESCRIBE, DESCRIBE_CONFIGS, READ and WRITE, and CREATE "
    "unless it exists, on ";
constexpr const char* kNoRightToMake =
    "there is no such topic, and no right to make it: grant CREATE on it, or make ";

Error Unavailable(std::string message) {
  return Error{ErrorCode::kUnavailable, std::move(message)};
}

// Sends one admin request and waits for its answer.
template <class Send>
Event Request(rd_kafka_t* client, rd_kafka_admin_op_t operation, std::chrono::milliseconds time,
              const Send& send) {
  const Queue answers(rd_kafka_queue_new(client));
  const AdminOptions options(rd_kafka_AdminOptions_new(client, operation));
  char error[256];
  rd_kafka_AdminOptions_set_request_timeout(options.get(), static_cast<int>(time.count()), error,
                                            sizeof error);
  send(options.get(), answers.get());
  return Event(rd_kafka_queue_poll(answers.get(), static_cast<int>(2 * time.count())));
}

struct Made {
  std::string why_not;  // empty: made, perhaps by another instance meanwhile
  bool denied = false;
  bool answered = true;  // false: the controller, which makes topics, was not reached
};

Made MakeTopic(rd_kafka_t* client, const TopicOptions& options) {
  char error[512] = "";
  const int replicas = options.replication_factor > 0 ? options.replication_factor : -1;
  const NewTopic topic(rd_kafka_NewTopic_new(options.name.c_str(), options.partitions, replicas,
                                             error, sizeof error));
  if (!topic) return {error};
  const auto set = [&](const char* key, const std::string& value) {
    rd_kafka_NewTopic_set_config(topic.get(), key, value.c_str());
  };
  set("cleanup.policy", options.compacted ? "compact" : "delete");
  if (options.compacted) {
    const std::string within = std::to_string(options.compacted_within.count());
    set("segment.ms", within);
    set("max.compaction.lag.ms", within);
    set("min.compaction.lag.ms", "0");
    set("delete.retention.ms", std::to_string(options.erasures_kept.count()));
  }
  set("retention.ms", "-1");
  set("retention.bytes", "-1");
  set("message.timestamp.type", "LogAppendTime");
  set("max.message.bytes", std::to_string(kTopicMessageBytes));
  set("unclean.leader.election.enable", "false");
  int insync = options.min_insync_replicas;
  if (insync == 0 && options.replication_factor > 1) insync = 2;
  if (insync > 0) set("min.insync.replicas", std::to_string(insync));
  rd_kafka_NewTopic_t* topics[] = {topic.get()};
  const Event event =
      Request(client, RD_KAFKA_ADMIN_OP_CREATETOPICS, kAnswer,
              [&](auto* o, auto* q) { rd_kafka_CreateTopics(client, topics, 1, o, q); });
  if (!event) return {"no answer", false, false};
  const auto* result = rd_kafka_event_CreateTopics_result(event.get());
  if (result == nullptr || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return {rd_kafka_event_error_string(event.get()), false, false};
  }
  size_t count = 0;
  const rd_kafka_topic_result_t** results = rd_kafka_CreateTopics_result_topics(result, &count);
  const rd_kafka_resp_err_t made =
      count == 1 ? rd_kafka_topic_result_error(results[0]) : RD_KAFKA_RESP_ERR_UNKNOWN;
  if (made == RD_KAFKA_RESP_ERR_NO_ERROR || made == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
    return {};
  }
  const char* why = rd_kafka_topic_result_error_string(results[0]);
  return {why != nullptr ? why : rd_kafka_err2str(made),
          made == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED ||
              made == RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED};
}

Result<TopicState> FindOrMake(rd_kafka_t* client, const Complaints& complaints,
                              const Settings& settings, const TopicOptions& options,
                              Clock::time_point until) {
  GrowingPause pause(kFirstTopicPause, kLongestTopicPause);
  int misses = 0;
  std::optional<Clock::time_point> making_since;
  for (;; std::this_thread::sleep_for(pause.Next())) {
    TopicState state = AskTopic(client, options.name, kAnswer);
    std::string why = state.error;
    if (state.found == TopicState::Found::kYes) {
      if (state.led) return state;
      why = "its partitions have no leader";
    } else if (state.found == TopicState::Found::kDenied) {
      return Unavailable(NoRightsFor(options.name));
    } else if (state.found == TopicState::Found::kNo) {
      why = options.why_not_made ? options.why_not_made() : "";
      if (!why.empty()) {
        if (++misses == kMissesOfALostTopic) return Error{ErrorCode::kNotFound, std::move(why)};
        continue;
      }
      if (!making_since) making_since = Clock::now();
      const Made made = MakeTopic(client, options);
      if (made.denied) return Unavailable(kNoRightToMake + options.name);
      why = made.why_not.empty() ? "it was made but is not there" : made.why_not;
      if (made.why_not.empty()) log::Info("kafka: the topic was made", {{"topic", options.name}});
      TakeComplaints(client);  // the controller, which makes topics, may be out of reach
      const bool hopeless = !made.answered && Clock::now() - *making_since > kUnresolvedFor;
      if (std::string lost = WhyNotResolved(complaints); hopeless && !lost.empty()) {
        return Unavailable(std::move(lost));
      }
    } else {
      TakeComplaints(client);
      if (std::string refused = WhyNotLetIn(complaints, settings); !refused.empty()) {
        return Unavailable(std::move(refused));
      }
      if (!complaints.newest.empty()) why = complaints.newest;
    }
    if (Clock::now() > until) {
      return Unavailable("the topic " + options.name + " cannot be used: " + why +
                         ". Are the brokers of bootstrap.servers up, and is security.protocol the "
                         "one of their listener?");
    }
  }
}

}  // namespace

std::string NoRightsFor(const std::string& topic) { return kNoRights + topic; }

Result<TopicConfig> ReadTopicConfig(rd_kafka_s* client, const std::string& name,
                                    std::chrono::milliseconds time) {
  const ConfigResource resource(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name.c_str()));
  rd_kafka_ConfigResource_t* asked[] = {resource.get()};
  const Event event =
      Request(client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, time,
              [&](auto* o, auto* q) { rd_kafka_DescribeConfigs(client, asked, 1, o, q); });
  const auto unchecked = [&](const std::string& why) {
    return Unavailable("the settings of the topic " + name + " cannot be checked: " + why);
  };
  if (!event) return unchecked("no answer");
  const auto* result = rd_kafka_event_DescribeConfigs_result(event.get());
  if (result == nullptr || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return unchecked(rd_kafka_event_error_string(event.get()));
  }
  size_t count = 0;
  const rd_kafka_ConfigResource_t** resources =
      rd_kafka_DescribeConfigs_result_resources(result, &count);
  if (count != 1) return unchecked("no answer");
  const rd_kafka_resp_err_t refused = rd_kafka_ConfigResource_error(resources[0]);
  if (refused == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) {
    return unchecked("no right to read them: grant DESCRIBE_CONFIGS on the topic");
  }
  if (refused != RD_KAFKA_RESP_ERR_NO_ERROR) return unchecked(rd_kafka_err2str(refused));
  const rd_kafka_ConfigEntry_t** entries = rd_kafka_ConfigResource_configs(resources[0], &count);
  TopicConfig config;
  for (size_t i = 0; i < count; ++i) {
    const char* value = rd_kafka_ConfigEntry_value(entries[i]);
    config[rd_kafka_ConfigEntry_name(entries[i])] = value != nullptr ? value : "";
  }
  return config;
}

namespace {

// Of a compacted topic: what was erased goes from its files, and no reader misses it.
std::vector<std::string> FaultsOfCompaction(const TopicConfig& config,
                                            const TopicOptions& options) {
  std::vector<std::string> faults;
  const auto check = [&](const char* key, auto is_right, std::chrono::milliseconds wanted,
                         const char* why) {
    const auto found = config.find(key);
    const std::string value = found == config.end() ? "" : found->second;
    if (!value.empty() && is_right(std::strtoll(value.c_str(), nullptr, 10), wanted.count())) {
      return;
    }
    faults.push_back("the topic " + options.name + " has " + key + "=" + value + ": " + why +
                     ". Set " + key + "=" + std::to_string(wanted.count()));
  };
  const std::less_equal<int64_t> at_most;
  const std::greater_equal<int64_t> at_least;
  constexpr const char* kStays = "what is erased would stay in the files of the brokers for longer";
  check("segment.ms", at_most, options.compacted_within, kStays);
  check("max.compaction.lag.ms", at_most, options.compacted_within, kStays);
  check("min.compaction.lag.ms", at_most, std::chrono::milliseconds(0), kStays);
  check("delete.retention.ms", at_least, options.erasures_kept,
        "an instance that was away would not see what was erased meanwhile");
  return faults;
}

}  // namespace

std::vector<std::string> FaultsOfConfig(TopicConfig config, const TopicOptions& options,
                                        int replicas) {
  const auto wants = [&](const std::string& key, const std::string& value,
                         const std::string& why) -> std::string {
    if (config[key] == value) return "";
    return "the topic " + options.name + " has " + key + "=" + config[key] + ": " + why + ". Set " +
           key + "=" + value + (options.compacted ? "" : ", then start again");
  };
  const auto number = [&](const char* key) {
    return std::strtoll(config[key].c_str(), nullptr, 10);
  };
  std::vector<std::string> faults;
  const auto note = [&](std::string found) {
    if (!found.empty()) faults.push_back(std::move(found));
  };
  if (options.compacted) {
    note(wants("cleanup.policy", "compact", "it would lose what it must keep"));
    for (std::string& fault : FaultsOfCompaction(config, options)) note(std::move(fault));
  } else {
    note(wants("cleanup.policy", "delete",
               "compaction removes records of history. If it has run, bring the log back from a "
               "backup"));
    note(wants("retention.ms", "-1", "old history would be deleted"));
    note(wants("retention.bytes", "-1", "old history would be deleted"));
    note(wants("message.timestamp.type", "LogAppendTime", "clocks could not be compared"));
  }
  note(wants("unclean.leader.election.enable", "false",
             "a broker that lags could become leader and drop writes that were answered"));
  if (replicas > 1 && number("min.insync.replicas") < 2) {
    note(wants("min.insync.replicas", "2", "a write could be lost with one broker"));
  }
  if (number("max.message.bytes") < kMessageBytes) {
    note(wants("max.message.bytes", std::to_string(kTopicMessageBytes),
               "the largest records do not fit"));
  }
  return faults;
}

Result<std::string> FaultOfSettings(rd_kafka_s* client, const TopicOptions& options, int replicas) {
  auto config = ReadTopicConfig(client, options.name, kAnswer);
  if (!config.ok()) return config.error();
  const std::vector<std::string> faults = FaultsOfConfig(*std::move(config), options, replicas);
  return faults.empty() ? std::string() : faults.front();
}

Result<int> OpenTopic(const Settings& settings, const TopicOptions& options,
                      std::chrono::milliseconds time) {
  Complaints complaints;
  const Client client = MakeConsumer(settings, &complaints);
  const auto until = Clock::now() + time;
  const Result<TopicState> state = FindOrMake(client.get(), complaints, settings, options, until);
  if (!state.ok()) return state.error();
  const auto reached =
      ReachLeaders(client.get(), complaints, options.name, state->partitions, until);
  if (!reached.ok()) return reached.error();
  const Result<std::string> fault = FaultOfSettings(client.get(), options, state->replicas);
  if (!fault.ok()) return fault.error();
  if (!fault->empty()) return Unavailable(*fault);
  return state->partitions;
}

}  // namespace contacts::kafka
