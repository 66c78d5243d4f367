#include "infra/kafka/producer.h"

#include <chrono>

#include "infra/base/heartbeat.h"
#include "infra/base/log.h"
#include "infra/kafka/client.h"
#include "infra/kafka/grouping.h"
#include "infra/kafka/kafka_log.h"
#include "infra/kafka/outcome.h"

namespace contacts::kafka {
namespace {

using Clock = std::chrono::steady_clock;

constexpr char kContentType[] = "application/cloudevents+json; charset=UTF-8";
constexpr int64_t kClockTolerance = 2000;  // milliseconds
constexpr int kPollMilliseconds = 50;
constexpr int kLastWait = 3000;  // milliseconds
constexpr std::chrono::milliseconds kProducerWarmUp{1000};

}  // namespace

struct Producer::AppendRequest {
  int partition;
  Outgoing outgoing;
  std::weak_ptr<Inbox> inbox;
  int64_t sent;  // milliseconds
  Clock::time_point handed_over = Clock::now();

  // Returns the inbox, which must be woken then; nullptr: its owner has dropped it.
  std::shared_ptr<Inbox> Put(Delivery outcome, std::string reason, Offset offset) const {
    auto to = inbox.lock();
    if (to) to->Put({outgoing.token, outcome, offset, std::move(reason)});
    return to;
  }
  // For an entry that is not known to be stored: it has no offset.
  void Report(Delivery outcome, std::string reason) const {
    if (const auto to = Put(outcome, std::move(reason), Offset{-1})) to->Wake();
  }
};

struct Producer::Connection {
  Client client;
  TopicHandle topic;
  Queue events;  // the queue that rd_kafka_poll serves
};

// The entries of one partition. librdkafka gets the next batch once it has delivered the one
// before: 2.0.2 does not send it any earlier, and waits for that with a busy loop.
struct Producer::Lane {
  std::deque<std::unique_ptr<AppendRequest>> waiting;
  size_t in_flight = 0;  // handed to librdkafka, no report yet
  Grouping grouping;
  Clock::time_point not_before;  // after librdkafka did not take an entry
  GrowingPause pause{std::chrono::milliseconds(50), std::chrono::milliseconds(2000)};
};

Producer::Producer(Settings settings, std::string topic, std::function<Timestamp()> clock)
    : settings_(std::move(settings)), topic_(std::move(topic)), clock_(std::move(clock)) {
  connection_ = Connect();
  thread_ = std::thread([this] { Run(); });
}

Producer::~Producer() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  thread_.join();
  Drain(*connection_, kLastWait);
}

std::shared_ptr<Producer::Connection> Producer::Connect() {
  auto connection = std::make_shared<Connection>();
  connection->client = MakeProducer(settings_, {this, &Producer::Delivered, &Producer::Failed});
  connection->topic.reset(rd_kafka_topic_new(connection->client.get(), topic_.c_str(), nullptr));
  connection->events.reset(rd_kafka_queue_get_main(connection->client.get()));
  // Without this the first message leaves a second late.
  AskTopic(connection->client.get(), topic_, kProducerWarmUp);
  return connection;
}

void Producer::Append(int partition, const std::shared_ptr<Inbox>& inbox,
                      std::vector<Outgoing> entries) {
  const std::string off = clock_fault();
  const int64_t now = clock_ ? clock_().milliseconds : 0;
  const std::lock_guard lock(mutex_);
  for (Outgoing& outgoing : entries) {
    auto request =
        std::make_unique<AppendRequest>(AppendRequest{partition, std::move(outgoing), inbox, now});
    if (request->outgoing.key.size() + request->outgoing.value.size() > kMaxEntryBytes ||
        request->outgoing.value.size() > kMaxValueBytes) {
      request->Report(Delivery::kNeverSent, "larger than an entry may be");
    } else if (!off.empty()) {
      request->Report(Delivery::kDenied, off);
    } else {
      lanes_[partition].waiting.push_back(std::move(request));
    }
  }
  SendWaiting(lanes_[partition]);
}

// The caller holds mutex_.
void Producer::SendWaiting(Lane& lane) {
  if (lane.waiting.empty()) return;
  lane.grouping.Note(lane.waiting.size() + lane.in_flight);
  if (lane.in_flight > 0 || Clock::now() < lane.not_before) return;
  const bool held = lane.grouping.holds();
  if (!lane.grouping.IsTime(lane.waiting.size(), Grouping::Clock::now())) {
    // thread_ must look again soon.
    if (!held) rd_kafka_queue_yield(connection_->events.get());
    return;
  }
  while (!lane.waiting.empty() && Send(*connection_, lane)) lane.waiting.pop_front();
}

void Producer::Probe(int partition, std::string key, std::string value) {
  Outgoing outgoing{0, std::move(key), std::move(value)};
  const int64_t now = clock_().milliseconds;
  const std::lock_guard lock(mutex_);
  Lane& lane = lanes_[partition];
  lane.waiting.push_back(
      std::make_unique<AppendRequest>(AppendRequest{partition, std::move(outgoing), {}, now}));
  SendWaiting(lane);
}

#ifdef __clang__  // the macros of rd_kafka_producev
#pragma clang diagnostic ignored "-Wgnu-statement-expression"
#endif

// Sends the first entry that waits. False: try again later. True: librdkafka has it, or it has got
// its report.
bool Producer::Send(Connection& connection, Lane& lane) {
  std::unique_ptr<AppendRequest>& request = lane.waiting.front();
  const Outgoing& outgoing = request->outgoing;
  // An empty value is sent as null: in a compacted topic that removes the key.
  void* const value = outgoing.value.empty() ? nullptr : const_cast<char*>(outgoing.value.data());
  // From here on the request may be delivered and deleted at any moment.
  const rd_kafka_resp_err_t error = rd_kafka_producev(
      connection.client.get(), RD_KAFKA_V_RKT(connection.topic.get()),
      RD_KAFKA_V_PARTITION(request->partition), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
      RD_KAFKA_V_KEY(outgoing.key.data(), outgoing.key.size()),
      RD_KAFKA_V_VALUE(value, outgoing.value.size()),
      RD_KAFKA_V_HEADER("content-type", kContentType, sizeof kContentType - 1),
      RD_KAFKA_V_OPAQUE(request.get()), RD_KAFKA_V_END);
  switch (error) {
    case RD_KAFKA_RESP_ERR_NO_ERROR:
      request.release();  // NOLINT(bugprone-unused-return-value): until it is delivered
      ++lane.in_flight;
      lane.pause.Reset();
      return true;
    case RD_KAFKA_RESP_ERR__QUEUE_FULL:
    case RD_KAFKA_RESP_ERR__FATAL:
      return false;
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      request->Report(Delivery::kNeverSent, rd_kafka_err2str(error));
      return true;
    default:
      return NotTaken(lane, error, topic_);
  }
}

// For the first entry that waits, when librdkafka does not take it: it does not know the topic or
// the partition yet. A report now would make the writer send the entry again immediately. False:
// try again later. True: the entry has got its report.
bool Producer::NotTaken(Lane& lane, rd_kafka_resp_err_t error, const std::string& topic) {
  const AppendRequest& request = *lane.waiting.front();
  const auto now = Clock::now();
  if (IsDenied(error)) {
    request.Report(Delivery::kDenied, ReasonOf(error, topic));
    return true;
  }
  if (now < request.handed_over + kDeliveryTimeout) {
    lane.not_before = now + lane.pause.Next();
    return false;
  }
  request.Report(Delivery::kUnknown, rd_kafka_err2str(error));
  return true;
}

void Producer::Run() {
  Heartbeat heart("kafka producer");
  for (;; heart.Beat()) {
    std::shared_ptr<Connection> connection;
    bool some_are_held = false;
    {
      const std::lock_guard lock(mutex_);
      if (ending_) return;
      connection = connection_;
      for (const auto& [partition, lane] : lanes_) some_are_held |= lane.grouping.holds();
    }
    rd_kafka_poll(connection->client.get(),
                  some_are_held ? static_cast<int>(Grouping::kLongest.count()) : kPollMilliseconds);
    WakeReported();
    if (Clock::now() >= renew_at_ && dead_.exchange(false)) Renew();
    const std::lock_guard lock(mutex_);
    for (auto& [partition, lane] : lanes_) SendWaiting(lane);
  }
}

void Producer::Renew() {
  renew_at_ = Clock::now() + renew_pause_.Next();
  std::shared_ptr<Connection> old;
  try {
    std::shared_ptr<Connection> fresh = Connect();
    const std::lock_guard lock(mutex_);
    old = std::exchange(connection_, std::move(fresh));
  } catch (const std::runtime_error& failure) {
    log::Error("kafka: no new producer", {{"cause", failure.what()}});
    dead_ = true;
    return;
  }
  log::Warn("kafka: the producer was replaced; entries in flight are sent again");
  Drain(*old, 0);
}

// Every message has got its report when this returns.
void Producer::Drain(Connection& connection, int milliseconds) {
  rd_kafka_t* client = connection.client.get();
  if (milliseconds > 0) rd_kafka_flush(client, milliseconds);
  rd_kafka_purge(client, RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  while (rd_kafka_outq_len(client) > 0) rd_kafka_poll(client, kPollMilliseconds);
  WakeReported();
}

void Producer::Delivered(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  auto& producer = *static_cast<Producer*>(opaque);
  const std::unique_ptr<AppendRequest> request(static_cast<AppendRequest*>(message->_private));
  const Delivery outcome = OutcomeOf(*message);
  // Before the report: the caller that gets it asks for clock_fault() next.
  if (outcome == Delivery::kStored) {
    producer.renew_pause_.Reset();
    producer.CheckClock(*request, *message);
  }
  auto inbox = request->Put(
      outcome, outcome == Delivery::kStored ? "" : ReasonOf(message->err, producer.topic_),
      Offset{outcome == Delivery::kStored ? message->offset : -1});
  const std::lock_guard lock(producer.mutex_);
  if (inbox) producer.reported_.insert(std::move(inbox));
  --producer.lanes_[request->partition].in_flight;
}

// Wakes each inbox once for all reports that came together.
void Producer::WakeReported() {
  std::set<std::shared_ptr<Inbox>> reported;
  {
    const std::lock_guard lock(mutex_);
    reported.swap(reported_);
  }
  for (const auto& inbox : reported) inbox->Wake();
}

void Producer::CheckClock(const AppendRequest& request, const rd_kafka_message_t& message) {
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  const int64_t appended = rd_kafka_message_timestamp(&message, &type);
  if (type != RD_KAFKA_TIMESTAMP_LOG_APPEND_TIME || !clock_) return;
  // If both clocks are right, the append time lies between sending and now.
  const bool same = appended >= request.sent - kClockTolerance &&
                    appended <= clock_().milliseconds + kClockTolerance;
  const std::lock_guard lock(clock_mutex_);
  clock_fault_ = same ? ""
                      : "the clock of this machine and that of the broker differ by more than 2 s: "
                        "set them right (NTP); writing then goes on automatically";
}

std::string Producer::clock_fault() {
  const std::lock_guard lock(clock_mutex_);
  return clock_fault_;
}

void Producer::OnBrokersLost(std::function<void()> lost) {
  const std::lock_guard lock(lost_mutex_);
  lost_ = std::move(lost);
}

void Producer::Failed(rd_kafka_t* client, int error, const char* reason, void* opaque) {
  auto& producer = *static_cast<Producer*>(opaque);
  if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
    const std::lock_guard lock(producer.lost_mutex_);
    if (producer.lost_) producer.lost_();
  }
  if (error != RD_KAFKA_RESP_ERR__FATAL) {
    log::Info("kafka", {{"says", reason}});
    return;
  }
  char why[512] = "";
  rd_kafka_fatal_error(client, why, sizeof why);
  log::Warn("kafka: the producer is dead", {{"cause", why}});
  producer.dead_ = true;
}

void Producer::FailFatallyForTest() {
  const std::lock_guard lock(mutex_);
  rd_kafka_test_fatal_error(connection_->client.get(),
                            RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "test");
}

}  // namespace contacts::kafka
