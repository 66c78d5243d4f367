// The broker and librdkafka without us: IN_FLIGHT records in flight, each sent again
// when it has been read back, as a client's next write would be.
//   kafka_raw BOOTSTRAP TOPIC IN_FLIGHT RECORD_BYTES SECONDS
// The topic must exist; its partition 0 is used. Prints "RATE P50 P99": records a second,
// microseconds.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "infra/kafka/handles.h"

namespace {

using Clock = std::chrono::steady_clock;
using contacts::kafka::Client;
using contacts::kafka::Message;
using contacts::kafka::TopicHandle;

constexpr int kPartition = 0;
constexpr int kPatience = 1000;  // milliseconds

// The settings of infra/kafka/client.cc that decide speed and the meaning of an acknowledgement.
Client Connect(rd_kafka_type_t type, const std::string& brokers) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  char error[256];
  const auto set = [&](const char* key, const std::string& value) {
    if (rd_kafka_conf_set(conf, key, value.c_str(), error, sizeof error) != RD_KAFKA_CONF_OK) {
      throw std::runtime_error(error);
    }
  };
  set("bootstrap.servers", brokers);
  set("socket.nagle.disable", "true");
  if (type == RD_KAFKA_PRODUCER) {
    set("enable.idempotence", "true");
    set("acks", "all");
    set("linger.ms", "0");
  } else {
    set("check.crcs", "true");
  }
  Client client(rd_kafka_new(type, conf, error, sizeof error));
  if (!client) throw std::runtime_error(error);
  return client;
}

class Loop {
 public:
  Loop(const std::string& brokers, const std::string& topic, size_t in_flight, size_t record_bytes)
      : producer_(Connect(RD_KAFKA_PRODUCER, brokers)),
        consumer_(Connect(RD_KAFKA_CONSUMER, brokers)),
        to_(rd_kafka_topic_new(producer_.get(), topic.c_str(), nullptr)),
        from_(rd_kafka_topic_new(consumer_.get(), topic.c_str(), nullptr)),
        sent_(in_flight),
        value_(record_bytes, 'x') {
    int64_t low = 0;
    int64_t high = 0;
    if (rd_kafka_query_watermark_offsets(consumer_.get(), topic.c_str(), kPartition, &low, &high,
                                         kPatience) != RD_KAFKA_RESP_ERR_NO_ERROR ||
        rd_kafka_consume_start(from_.get(), kPartition, high) != 0) {
      throw std::runtime_error("the topic cannot be read");
    }
  }
  ~Loop() { rd_kafka_consume_stop(from_.get(), kPartition); }

  void Run(std::chrono::seconds time) {
    const auto begin = Clock::now();
    for (uint32_t slot = 0; slot < sent_.size(); ++slot) Send(slot);
    auto now = begin;
    while (now < begin + time) {
      rd_kafka_poll(producer_.get(), 0);
      const Message read(rd_kafka_consume(from_.get(), kPartition, kPatience));
      now = Clock::now();
      if (!read || read->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
      uint32_t slot = 0;
      std::memcpy(&slot, read->payload, sizeof slot);
      took_.push_back(now - sent_.at(slot));
      Send(slot);
    }
    Print(std::chrono::duration<double>(now - begin).count());
  }

 private:
  void Send(uint32_t slot) {
    std::memcpy(value_.data(), &slot, sizeof slot);
    sent_[slot] = Clock::now();
    if (rd_kafka_produce(to_.get(), kPartition, RD_KAFKA_MSG_F_COPY, value_.data(), value_.size(),
                         "acme", 4, nullptr) != 0) {
      throw std::runtime_error(rd_kafka_err2str(rd_kafka_last_error()));
    }
  }

  void Print(double seconds) {
    if (took_.empty()) throw std::runtime_error("nothing came back");
    std::sort(took_.begin(), took_.end());
    const auto at = [this](double share) {
      const auto index = static_cast<size_t>(share * static_cast<double>(took_.size() - 1));
      return std::chrono::duration_cast<std::chrono::microseconds>(took_[index]).count();
    };
    std::cout << static_cast<int64_t>(static_cast<double>(took_.size()) / seconds) << " " << at(0.5)
              << " " << at(0.99) << "\n";
  }

  const Client producer_;
  const Client consumer_;
  const TopicHandle to_;
  const TopicHandle from_;
  std::vector<Clock::time_point> sent_;  // of each slot
  std::string value_;
  std::vector<Clock::duration> took_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    std::cerr << "usage: kafka_raw BOOTSTRAP TOPIC IN_FLIGHT RECORD_BYTES SECONDS\n";
    return 2;
  }
  try {
    Loop(argv[1], argv[2], std::stoul(argv[3]), std::stoul(argv[4]))
        .Run(std::chrono::seconds(std::stoi(argv[5])));
  } catch (const std::exception& failure) {
    std::cerr << "kafka_raw: " << failure.what() << "\n";
    return 1;
  }
}
