#include "infra/kafka/kafka_log.h"

#include <semaphore>
#include <stdexcept>

#include "events/opening.h"
#include "infra/base/log.h"
#include "infra/base/system_clock.h"
#include "infra/kafka/client.h"
#include "infra/kafka/end_questions.h"
#include "infra/kafka/kafka_partition.h"
#include "infra/kafka/log_identity.h"
#include "infra/kafka/log_watch.h"
#include "infra/kafka/producer.h"

namespace contacts {
namespace {

constexpr std::chrono::milliseconds kAnswer{1000};
constexpr std::chrono::milliseconds kStoredWithin{2000};
// The key of a probe without content in a compacted topic.
constexpr const char* kProbeKey = "$probe";

std::function<Timestamp()> ClockOf(const KafkaLogOptions& options) {
  if (options.topic.compacted) return nullptr;
  return options.clock ? options.clock : SystemTime;
}

// Waits at most kStoredWithin; nullopt: the entry may not be stored.
std::optional<Offset> StoredAt(kafka::Producer& producer, int partition, Outgoing entry) {
  std::counting_semaphore<> reported(0);
  const auto inbox = std::make_shared<kafka::Inbox>();
  inbox->SetWake([&reported] { reported.release(); });
  producer.Append(partition, inbox, {std::move(entry)});
  const bool in_time = reported.try_acquire_for(kStoredWithin);
  inbox->SetWake(nullptr);
  const Polled polled = inbox->Take();
  if (!in_time || polled.reports.empty()) return std::nullopt;
  const DeliveryReport& report = polled.reports.front();
  return report.outcome == Delivery::kStored ? std::optional(report.offset) : std::nullopt;
}

}  // namespace

struct KafkaLog::State {
  State(KafkaLogOptions o, int count)
      : options(std::move(o)),
        partitions(count),
        producer(options.settings, options.topic.name, ClockOf(options)),
        asker(kafka::MakeConsumer(options.settings)),
        asked_topic(rd_kafka_topic_new(asker.get(), options.topic.name.c_str(), nullptr)),
        ends([this](const std::set<int>& those) { return AskEnds(those); },
             [this] { return AskLeaders(); }) {}

  ~State() { producer.OnBrokersLost({}); }

  // From here on the watch notices changes of what must never change.
  void Watch(std::string id) {
    log_id = std::move(id);
    watch = std::make_unique<kafka::LogWatch>(
        options.settings, asker.get(), options.topic, log_id, partitions, options.watch_interval,
        kafka::LogWatch::Hooks{[this] { ProbeClock(); },
                               [this](int partition) { return AppendProbe(partition); }});
    producer.OnBrokersLost([this] { watch->Hasten(); });
  }
  std::optional<Offset> AppendProbe(int partition) {
    Outgoing entry{1, kProbeKey, ""};
    if (!options.topic.compacted) {
      entry.key = kOpeningKey;
      entry.value = kafka::NewOpening(log_id, partition, partitions);
    }
    try {
      // A new producer: the log's own would first have to find out that a topic that was cut does
      // not know it.
      kafka::Producer fresh(options.settings, options.topic.name, nullptr);
      return StoredAt(fresh, partition, std::move(entry));
    } catch (const std::runtime_error& failure) {
      log::Error("kafka: no producer", {{"cause", failure.what()}});
      return std::nullopt;
    }
  }
  // Compares clocks again that differed before.
  void ProbeClock() {
    if (producer.clock_fault().empty()) return;
    producer.Probe(0, std::string(kOpeningKey), kafka::NewOpening(log_id, 0, partitions));
  }

  std::map<int, Offset> AskEnds(const std::set<int>& those) {
    std::map<int, Offset> ends_of;
    for (const auto& [partition, end] :
         kafka::AskOffsets(asker.get(), options.topic.name, those, kafka::EdgeOf::kEnd, kAnswer)) {
      ends_of[partition] = Offset{end};
    }
    return ends_of;
  }
  std::vector<int> AskLeaders() {
    return kafka::AskTopic(asker.get(), options.topic.name, kAnswer).leaders;
  }

  const KafkaLogOptions options;
  const int partitions;
  std::string log_id;
  kafka::Producer producer;
  const kafka::Client asker;             // asks all questions, and never reads entries
  const kafka::TopicHandle asked_topic;  // keeps what the asker knows of the topic fresh
  kafka::EndQuestions ends;
  std::unique_ptr<kafka::LogWatch> watch;
};

KafkaLog::KafkaLog(std::unique_ptr<State> state) : state_(std::move(state)) {}
KafkaLog::~KafkaLog() = default;

Result<std::unique_ptr<KafkaLog>> KafkaLog::Open(KafkaLogOptions options) {
  try {
    const Result<int> partitions =
        kafka::OpenTopic(options.settings, options.topic, options.start_time);
    if (!partitions.ok()) return partitions.error();
    const bool events = !options.topic.compacted;
    const auto time = options.start_time;
    std::unique_ptr<KafkaLog> log(
        new KafkaLog(std::make_unique<State>(std::move(options), *partitions)));
    if (events) {
      Result<std::string> id = kafka::OpenLog(*log, time);
      if (!id.ok()) return id.error();
      if (std::string off = log->state_->producer.clock_fault(); !off.empty()) {
        return Error{ErrorCode::kUnavailable, std::move(off)};
      }
      log->state_->Watch(std::move(*id));
    } else {
      log->state_->Watch("");
    }
    return log;
  } catch (const std::runtime_error& failure) {
    return Error{ErrorCode::kUnavailable, failure.what()};
  }
}

const std::string& KafkaLog::log_id() const { return state_->log_id; }
std::string KafkaLog::Trouble() const {
  if (std::string off = state_->producer.clock_fault(); !off.empty()) return off;
  if (!state_->watch) return "";
  const std::string& topic = state_->options.topic.name;
  if (!state_->watch->reachable()) return "the brokers of " + topic + " cannot be reached";
  if (std::string missing = Missing(); !missing.empty()) return missing;
  if (!state_->watch->doubtful()) return "";
  return "a leader of " + topic +
         " ends before what was read, and stores nothing: it is cut off from its cluster, or the "
         "topic was cut. Contacts asks it again";
}
std::string KafkaLog::Missing() const {
  if (!state_->watch || !state_->watch->missing()) return "";
  return "the topic " + state_->options.topic.name +
         " is not there: it was deleted, or a broker that has just started does not know it yet. "
         "Contacts asks for it again";
}
std::string KafkaLog::Fault() const { return state_->watch ? state_->watch->fault() : ""; }
int KafkaLog::partitions() const { return state_->partitions; }

std::unique_ptr<LogPartition> KafkaLog::Open(int partition) {
  return std::make_unique<kafka::KafkaPartition>(state_->options.settings, state_->options.topic,
                                                 partition, state_->producer, state_->ends,
                                                 state_->watch.get());
}

void KafkaLog::FailProducerForTest() { state_->producer.FailFatallyForTest(); }

}  // namespace contacts
