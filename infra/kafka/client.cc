#include "infra/kafka/client.h"

#include <syslog.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <string_view>

#include "infra/base/log.h"

namespace contacts::kafka {
namespace {

struct Forced {
  const char* key;
  const char* value;  // nullptr: nothing may be set
  const char* why;
};

constexpr const char* kDurable = "an answer of 200 rests on it";
constexpr const char* kSameForAll = "all readers must see the same entries";
constexpr const char* kPlaced = "places are kept with the read models, not in a group";

constexpr std::array kProducerKeys = {
    Forced{"enable.idempotence", "true", kDurable},
    Forced{"acks", "all", kDurable},
};
constexpr std::array kConsumerKeys = {
    Forced{"isolation.level", "read_uncommitted", kSameForAll},
    Forced{"check.crcs", "true", kSameForAll},
    Forced{"auto.offset.reset", "error", kSameForAll},
    Forced{"enable.auto.commit", "false", kPlaced},
    Forced{"enable.auto.offset.store", "false", kPlaced},
};
constexpr std::array kRefused = {
    Forced{"request.required.acks", nullptr, kDurable},
    Forced{"transactional.id", nullptr, "transactions are not used"},
    Forced{"partitioner", nullptr, "the tenant decides on the partition"},
    Forced{"group.id", nullptr, kPlaced},
    Forced{"message.max.bytes", nullptr, "the largest record decides on it"},
    Forced{"message.timeout.ms", nullptr, "the writer's timers decide on it"},
    Forced{"delivery.timeout.ms", nullptr, "the writer's timers decide on it"},
    Forced{"enable.partition.eof", nullptr, "the reader decides on it"},
    Forced{"api.version.request", nullptr, "the reader counts connections by it"},
};

void Set(rd_kafka_conf_t* conf, const std::string& key, const std::string& value) {
  char error[512];
  if (rd_kafka_conf_set(conf, key.c_str(), value.c_str(), error, sizeof error) !=
      RD_KAFKA_CONF_OK) {
    throw std::runtime_error(error);
  }
}

void Log(const rd_kafka_t*, int level, const char*, const char* text) {
  if (level <= LOG_ERR) {
    log::Warn("kafka", {{"says", text}});
  } else {
    log::Info("kafka", {{"says", text}});
  }
}

constexpr const char* kQueueKey = "queued.max.messages.kbytes";
constexpr size_t kQueueKilobytes = 16384;

Conf MakeConf(const Settings& settings) {
  Conf conf(rd_kafka_conf_new());
  // The operator may change these defaults.
  Set(conf.get(), "client.id", "contacts");
  Set(conf.get(), "socket.nagle.disable", "true");
  Set(conf.get(), "reconnect.backoff.max.ms", "1000");
  Set(conf.get(), "log.connection.close", "false");
  Set(conf.get(), "log_level", std::to_string(LOG_WARNING));
  for (const auto& [key, value] : settings) Set(conf.get(), key, value);
  rd_kafka_conf_set_log_cb(conf.get(), &Log);
  return conf;
}

void Note(rd_kafka_t*, int error, const char* reason, void* opaque) {
  auto& complaints = *static_cast<Complaints*>(opaque);
  if (error == RD_KAFKA_RESP_ERR__AUTHENTICATION) complaints.of_login = reason;
  if (error == RD_KAFKA_RESP_ERR__SSL) complaints.of_secrecy = reason;
  // An address of bootstrap.servers (no broker id yet) may fail while others of them work.
  const bool of_bootstrap = std::string_view(reason).find("/bootstrap: ") != std::string_view::npos;
  if (error == RD_KAFKA_RESP_ERR__RESOLVE && !of_bootstrap) complaints.of_names = reason;
  if (error != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) complaints.newest = reason;
}

void SetDefault(const Conf& conf, const Settings& settings, const char* key, const char* value) {
  if (!settings.contains(key)) Set(conf.get(), key, value);
}

Client Make(rd_kafka_type_t type, Conf conf) {
  char error[512];
  rd_kafka_t* client = rd_kafka_new(type, conf.get(), error, sizeof error);
  if (client == nullptr) throw std::runtime_error(error);
  conf.release();  // NOLINT(bugprone-unused-return-value): the client owns it now
  return Client(client);
}

Conf MakeConsumerConf(const Settings& settings) {
  Conf conf = MakeConf(settings);
  for (const Forced& forced : kConsumerKeys) Set(conf.get(), forced.key, forced.value);
  Set(conf.get(), kQueueKey, std::to_string(QueueBytes(settings) / 1024));
  // The client gives up a broker that hangs after this time, not after 60 s.
  SetDefault(conf, settings, "socket.timeout.ms", "3000");
  return conf;
}

// Each connection begins with this request (Kafka protocol, "Retrieving Supported API versions").
constexpr int16_t kApiVersionsRequest = 18;

rd_kafka_resp_err_t CountApiVersions(rd_kafka_t*, int, const char*, int32_t, int16_t key, int16_t,
                                     int32_t, size_t, void* connections) {
  if (key == kApiVersionsRequest) ++*static_cast<std::atomic<int>*>(connections);
  return RD_KAFKA_RESP_ERR_NO_ERROR;
}

// librdkafka does not report each new connection; an interceptor sees each request.
rd_kafka_resp_err_t CountConnections(rd_kafka_t* client, const rd_kafka_conf_t*, void* connections,
                                     char*, size_t) {
  return rd_kafka_interceptor_add_on_request_sent(client, "contacts", &CountApiVersions,
                                                  connections);
}

}  // namespace

std::string WhyRefused(const std::string& key) {
  const auto find = [&](const auto& list) -> std::string {
    for (const Forced& forced : list) {
      if (key != forced.key) continue;
      return forced.value ? std::string("it is always ") + forced.value + ", since " + forced.why
                          : forced.why;
    }
    return "";
  };
  std::string why = find(kProducerKeys);
  if (why.empty()) why = find(kConsumerKeys);
  return why.empty() ? find(kRefused) : why;
}

std::string WhyInvalid(const std::string& key, const std::string& value) {
  const Conf conf(rd_kafka_conf_new());
  char error[512] = "";
  const auto set = rd_kafka_conf_set(conf.get(), key.c_str(), value.c_str(), error, sizeof error);
  return set == RD_KAFKA_CONF_OK ? "" : error;
}

Client MakeProducer(const Settings& settings, const ProducerHooks& hooks) {
  Conf conf = MakeConf(settings);
  for (const Forced& forced : kProducerKeys) Set(conf.get(), forced.key, forced.value);
  SetDefault(conf, settings, "linger.ms", "0");
  SetDefault(conf, settings, "queue.buffering.max.messages", "20000");
  SetDefault(conf, settings, "queue.buffering.max.kbytes", "65536");
  Set(conf.get(), "message.max.bytes", std::to_string(kMessageBytes));
  Set(conf.get(), "message.timeout.ms", std::to_string(kDeliveryTimeout.count()));
  rd_kafka_conf_set_opaque(conf.get(), hooks.opaque);
  rd_kafka_conf_set_dr_msg_cb(conf.get(), hooks.delivered);
  rd_kafka_conf_set_error_cb(conf.get(), hooks.failed);
  return Make(RD_KAFKA_PRODUCER, std::move(conf));
}

Client MakeOversizedProducer(const Settings& settings, const ProducerHooks& hooks) {
  Conf conf = MakeConf(settings);
  Set(conf.get(), "acks", "all");
  Set(conf.get(), "linger.ms", "0");
  Set(conf.get(), "compression.codec", "none");
  Set(conf.get(), "message.max.bytes", "8000000");
  Set(conf.get(), "message.timeout.ms", "3000");
  rd_kafka_conf_set_opaque(conf.get(), hooks.opaque);
  rd_kafka_conf_set_dr_msg_cb(conf.get(), hooks.delivered);
  return Make(RD_KAFKA_PRODUCER, std::move(conf));
}

Client MakeConsumer(const Settings& settings, Complaints* complaints) {
  Conf conf = MakeConsumerConf(settings);
  if (complaints != nullptr) {
    rd_kafka_conf_set_opaque(conf.get(), complaints);
    rd_kafka_conf_set_error_cb(conf.get(), &Note);
  }
  return Make(RD_KAFKA_CONSUMER, std::move(conf));
}

Client MakeReader(const Settings& settings, std::atomic<int>* connections) {
  Conf conf = MakeConsumerConf(settings);
  rd_kafka_conf_interceptor_add_on_new(conf.get(), "contacts", &CountConnections, connections);
  return Make(RD_KAFKA_CONSUMER, std::move(conf));
}

size_t QueueBytes(const Settings& settings) {
  const auto set = settings.find(kQueueKey);
  return (set == settings.end() ? kQueueKilobytes : std::stoul(set->second)) * 1024;
}

TopicState AskTopic(rd_kafka_t* client, const std::string& topic, std::chrono::milliseconds time) {
  TopicState state;
  const TopicHandle handle(rd_kafka_topic_new(client, topic.c_str(), nullptr));
  const rd_kafka_metadata_t* found = nullptr;
  const rd_kafka_resp_err_t asked =
      rd_kafka_metadata(client, 0, handle.get(), &found, static_cast<int>(time.count()));
  const Metadata metadata(found);
  if (asked != RD_KAFKA_RESP_ERR_NO_ERROR || metadata->topic_cnt != 1) {
    state.error = rd_kafka_err2str(asked);
    return state;
  }
  const rd_kafka_metadata_topic_t& answer = metadata->topics[0];
  if (answer.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) {
    state.found = TopicState::Found::kNo;
  } else if (answer.err == RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED) {
    state.found = TopicState::Found::kDenied;
    state.error = rd_kafka_err2str(answer.err);
  } else if (answer.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    state.error = rd_kafka_err2str(answer.err);
  } else {
    state.found = TopicState::Found::kYes;
  }
  state.partitions = answer.partition_cnt;
  state.led = answer.partition_cnt > 0;
  state.leaders.assign(static_cast<size_t>(answer.partition_cnt), -1);
  for (int i = 0; i < answer.partition_cnt; ++i) {
    const rd_kafka_metadata_partition_t& partition = answer.partitions[i];
    state.led = state.led && partition.leader >= 0;
    if (partition.id >= 0 && partition.id < answer.partition_cnt) {
      state.leaders[static_cast<size_t>(partition.id)] = partition.leader;
    }
    const int replicas = partition.replica_cnt;
    state.replicas = i == 0 ? replicas : std::min(state.replicas, replicas);
  }
  return state;
}

// It does not use rd_kafka_query_watermark_offsets, which in 2.0.2 waits without end for a leader
// that is gone (librdkafka issue 2588). The protocol's ListOffsets accepts the edges as times.
std::map<int, int64_t> AskOffsets(rd_kafka_t* client, const std::string& topic,
                                  const std::set<int>& partitions, EdgeOf edge,
                                  std::chrono::milliseconds time) {
  std::map<int, int64_t> offsets;
  const PartitionList asked(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const int partition : partitions) {
    rd_kafka_topic_partition_list_add(asked.get(), topic.c_str(), partition)->offset =
        static_cast<int64_t>(edge);
  }
  const rd_kafka_resp_err_t error =
      rd_kafka_offsets_for_times(client, asked.get(), static_cast<int>(time.count()));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return offsets;
  for (int i = 0; i < asked->cnt; ++i) {
    const rd_kafka_topic_partition_t& one = asked->elems[i];
    if (one.err == RD_KAFKA_RESP_ERR_NO_ERROR && one.offset >= 0) {
      offsets[one.partition] = one.offset;
    }
  }
  return offsets;
}

void Stir(rd_kafka_t* reader, const std::string& topic, int partition) {
  // This returns once the request is sent; the answer is thrown away.
  AskOffsets(reader, topic, {partition}, EdgeOf::kEnd, std::chrono::milliseconds(0));
}

}  // namespace contacts::kafka
