#include "infra/kafka/topic_probe.h"

#include <algorithm>
#include <optional>

#include "infra/kafka/client.h"
#include "infra/kafka/outcome.h"

namespace contacts::kafka {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

// The partition may be empty, so a longer wait for an entry is not worth it.
constexpr milliseconds kToRead{800};
constexpr milliseconds kToSend{1500};
constexpr int64_t kLargestSent = 4'000'000;
constexpr int64_t kTooLargeBy = 10'000;

int Milliseconds(milliseconds time) { return static_cast<int>(time.count()); }

void NoteReport(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  *static_cast<std::optional<rd_kafka_resp_err_t>*>(opaque) = message->err;
}

}  // namespace

ReadProbe ProbeReading(const Settings& settings, const std::string& topic, milliseconds time) {
  ReadProbe probe;
  const Client client = MakeConsumer(settings);
  const TopicHandle handle(rd_kafka_topic_new(client.get(), topic.c_str(), nullptr));
  if (rd_kafka_consume_start(handle.get(), 0, RD_KAFKA_OFFSET_TAIL(1)) != 0) return probe;
  const auto until = Clock::now() + std::min(time, kToRead);
  while (Clock::now() < until) {
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
    const Message message(rd_kafka_consume(handle.get(), 0, Milliseconds(left)));
    if (!message) continue;
    probe.denied = IsDenied(message->err);
    if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
      probe.newest = rd_kafka_message_timestamp(message.get(), nullptr);
    }
    if (probe.denied || probe.newest > 0) break;
  }
  rd_kafka_consume_stop(handle.get(), 0);
  return probe;
}

std::string WhyNotWritten(const Settings& settings, const std::string& topic, int64_t largest,
                          milliseconds time) {
  if (largest <= 0 || largest > kLargestSent) return "";
  std::optional<rd_kafka_resp_err_t> report;
  const Client client = MakeOversizedProducer(settings, {&report, &NoteReport, nullptr});
  const TopicHandle handle(rd_kafka_topic_new(client.get(), topic.c_str(), nullptr));
  // Without this the entry leaves a second late.
  AskTopic(client.get(), topic, std::min(time, kToSend));
  std::string entry(static_cast<size_t>(largest + kTooLargeBy), 'x');
  if (rd_kafka_produce(handle.get(), 0, RD_KAFKA_MSG_F_COPY, entry.data(), entry.size(), nullptr, 0,
                       nullptr) != 0) {
    return "";
  }
  const auto until = Clock::now() + std::min(time, kToSend);
  while (!report && Clock::now() < until) {
    rd_kafka_poll(client.get(),
                  Milliseconds(std::chrono::ceil<milliseconds>(until - Clock::now())));
  }
  const bool denied = report && IsDenied(*report);
  if (!report) {  // no report may come after `report` has gone out of scope
    rd_kafka_purge(client.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    rd_kafka_flush(client.get(), 100);
  }
  return denied ? ReasonOf(*report, topic) : "";
}

}  // namespace contacts::kafka
