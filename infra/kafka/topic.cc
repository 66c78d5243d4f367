#include "infra/kafka/topic.h"

#include <map>
#include <thread>

#include "infra/kafka/client.h"
#include "infra/log.h"

namespace contacts::kafka {
namespace {

using Clock = std::chrono::steady_clock;
using TopicConfig = std::map<std::string, std::string>;

constexpr std::chrono::milliseconds kAnswer{3000};
constexpr std::chrono::milliseconds kPause{100};

Error Unavailable(std::string message) {
  return Error{ErrorCode::kUnavailable, std::move(message)};
}

// Sends one admin request and waits for its answer.
template <class Send>
Event Request(rd_kafka_t* client, rd_kafka_admin_op_t operation, const Send& send) {
  const Queue answers(rd_kafka_queue_new(client));
  const AdminOptions options(rd_kafka_AdminOptions_new(client, operation));
  char error[256];
  rd_kafka_AdminOptions_set_request_timeout(options.get(), static_cast<int>(kAnswer.count()), error,
                                            sizeof error);
  send(options.get(), answers.get());
  return Event(rd_kafka_queue_poll(answers.get(), static_cast<int>(2 * kAnswer.count())));
}

// Empty: made, or made by another meanwhile.
std::string MakeTopic(rd_kafka_t* client, const TopicOptions& options) {
  char error[512] = "";
  const int replicas = options.replication_factor > 0 ? options.replication_factor : -1;
  const NewTopic topic(rd_kafka_NewTopic_new(options.name.c_str(), options.partitions, replicas,
                                             error, sizeof error));
  if (!topic) return error;
  const auto set = [&](const char* key, const std::string& value) {
    rd_kafka_NewTopic_set_config(topic.get(), key, value.c_str());
  };
  set("cleanup.policy", options.compacted ? "compact" : "delete");
  set("retention.ms", "-1");
  set("retention.bytes", "-1");
  set("message.timestamp.type", "LogAppendTime");
  set("max.message.bytes", std::to_string(kMessageBytes + 100'000));
  set("unclean.leader.election.enable", "false");
  int insync = options.min_insync_replicas;
  if (insync == 0 && options.replication_factor > 1) insync = 2;
  if (insync > 0) set("min.insync.replicas", std::to_string(insync));
  rd_kafka_NewTopic_t* topics[] = {topic.get()};
  const Event event = Request(client, RD_KAFKA_ADMIN_OP_CREATETOPICS, [&](auto* o, auto* q) {
    rd_kafka_CreateTopics(client, topics, 1, o, q);
  });
  if (!event) return "no answer";
  const auto* result = rd_kafka_event_CreateTopics_result(event.get());
  if (result == nullptr || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return rd_kafka_event_error_string(event.get());
  }
  size_t count = 0;
  const rd_kafka_topic_result_t** results = rd_kafka_CreateTopics_result_topics(result, &count);
  const rd_kafka_resp_err_t made =
      count == 1 ? rd_kafka_topic_result_error(results[0]) : RD_KAFKA_RESP_ERR_UNKNOWN;
  if (made == RD_KAFKA_RESP_ERR_NO_ERROR || made == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
    return "";
  }
  const char* why = rd_kafka_topic_result_error_string(results[0]);
  return why != nullptr ? why : rd_kafka_err2str(made);
}

Result<TopicConfig> Describe(rd_kafka_t* client, const std::string& name) {
  const ConfigResource resource(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name.c_str()));
  rd_kafka_ConfigResource_t* asked[] = {resource.get()};
  const Event event = Request(client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, [&](auto* o, auto* q) {
    rd_kafka_DescribeConfigs(client, asked, 1, o, q);
  });
  if (!event) return Unavailable("no answer");
  const auto* result = rd_kafka_event_DescribeConfigs_result(event.get());
  if (result == nullptr || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return Unavailable(rd_kafka_event_error_string(event.get()));
  }
  size_t count = 0;
  const rd_kafka_ConfigResource_t** resources =
      rd_kafka_DescribeConfigs_result_resources(result, &count);
  if (count != 1) return Unavailable("no answer");
  if (rd_kafka_ConfigResource_error(resources[0]) != RD_KAFKA_RESP_ERR_NO_ERROR) {
    const char* why = rd_kafka_ConfigResource_error_string(resources[0]);
    return Unavailable(why != nullptr ? why : "refused");
  }
  const rd_kafka_ConfigEntry_t** entries = rd_kafka_ConfigResource_configs(resources[0], &count);
  TopicConfig config;
  for (size_t i = 0; i < count; ++i) {
    const char* value = rd_kafka_ConfigEntry_value(entries[i]);
    config[rd_kafka_ConfigEntry_name(entries[i])] = value != nullptr ? value : "";
  }
  return config;
}

// What is wrong with a topic's settings; empty: nothing.
std::string FaultOf(TopicConfig config, const TopicOptions& options, int replicas) {
  const auto wants = [&](const std::string& key, const std::string& value,
                         const std::string& why) -> std::string {
    if (config[key] == value) return "";
    return "the topic " + options.name + " has " + key + "=" + config[key] + ": " + why + ". Set " +
           key + "=" + value + ", then start again";
  };
  const auto number = [&](const char* key) { return std::atoll(config[key].c_str()); };
  std::string fault;
  const auto first = [&](const std::string& found) {
    if (fault.empty()) fault = found;
  };
  if (options.compacted) {
    first(wants("cleanup.policy", "compact", "it would lose what it must keep"));
  } else {
    first(wants("cleanup.policy", "delete",
                "compaction removes records of history. If it has run, bring the log back from a "
                "backup"));
    first(wants("retention.ms", "-1", "old history would be deleted"));
    first(wants("retention.bytes", "-1", "old history would be deleted"));
    first(wants("message.timestamp.type", "LogAppendTime", "clocks could not be compared"));
  }
  first(wants("unclean.leader.election.enable", "false",
              "a broker that is behind could become leader and drop what was answered"));
  if (replicas > 1 && number("min.insync.replicas") < 2) {
    first(wants("min.insync.replicas", "2", "a write could be lost with one broker"));
  }
  if (number("max.message.bytes") < kMessageBytes) {
    first(wants("max.message.bytes", std::to_string(kMessageBytes + 100'000),
                "the largest records do not fit"));
  }
  return fault;
}

}  // namespace

Result<int> OpenTopic(const Settings& settings, const TopicOptions& options,
                      std::chrono::milliseconds time) {
  const Client client = MakeConsumer(settings);
  const auto until = Clock::now() + time;
  TopicState state;
  std::string why;
  for (;;) {
    state = AskTopic(client.get(), options.name, kAnswer);
    if (state.found == TopicState::Found::kYes && state.led) break;
    why = state.error;
    if (state.found == TopicState::Found::kNo) {
      why = MakeTopic(client.get(), options);
      if (why.empty()) log::Info("kafka: the topic was made", {{"topic", options.name}});
    }
    if (Clock::now() > until) {
      if (why.empty()) why = "its partitions have no leader";
      return Unavailable("the topic " + options.name + " cannot be used: " + why +
                         ". Are the brokers of bootstrap.servers up, and may this user use it?");
    }
    std::this_thread::sleep_for(kPause);
  }
  const Result<TopicConfig> config = Describe(client.get(), options.name);
  if (!config.ok()) {
    return Unavailable("the settings of the topic " + options.name + " cannot be checked: " +
                       config.error().message + ". Grant DESCRIBE_CONFIGS on it");
  }
  if (const std::string fault = FaultOf(*config, options, state.replicas); !fault.empty()) {
    return Unavailable(fault);
  }
  return state.partitions;
}

}  // namespace contacts::kafka
