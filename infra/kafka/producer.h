// Appends for all partitions of a topic.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "events/event_log.h"
#include "infra/base/growing_pause.h"
#include "infra/kafka/handles.h"
#include "infra/kafka/inbox.h"
#include "infra/kafka/settings.h"

namespace contacts::kafka {

// Any thread. After a fatal error of librdkafka's idempotent producer a new one replaces it: the
// entries in flight are reported kUnknown, and the writer sends the same bytes again. A new
// producer that dies as well, and an entry that librdkafka does not take, are tried again after a
// pause that grows.
class Producer {
 public:
  // `clock`: this machine's, compared with the broker's; none: clocks are not compared. Throws
  // std::runtime_error.
  Producer(Settings settings, std::string topic, std::function<Timestamp()> clock);
  // Waits up to 3 s for the entries that librdkafka has; the rest may be stored or not.
  ~Producer();

  // Sends the entries in this order; each gets one report in the inbox, unless its owner has
  // dropped it.
  void Append(int partition, const std::shared_ptr<Inbox>& inbox, std::vector<Outgoing> entries);

  // Says that this machine's clock and the broker's differ too much, so nothing is written; empty:
  // by the newest delivery they do not.
  std::string clock_fault();
  // Sends an entry although the clocks differ, to find out whether they still do.
  void Probe(int partition, std::string key, std::string value);

  // The producer's thread calls `lost` when no broker can be reached any more. Once this has
  // returned, the previous `lost` is no longer called; an empty one is never called.
  void OnBrokersLost(std::function<void()> lost);

  // Makes the fatal error that librdkafka 2.0.2 runs into when a sent message timed out.
  void FailFatallyForTest();

 private:
  struct AppendRequest;
  struct Connection;
  struct Lane;
  std::shared_ptr<Connection> Connect();
  void Run();
  void SendWaiting(Lane& lane);
  bool Send(Connection& connection, Lane& lane);
  static bool NotTaken(Lane& lane, rd_kafka_resp_err_t error, const std::string& topic);
  void Renew();
  void CheckClock(const AppendRequest& request, const rd_kafka_message_t& message);
  void Drain(Connection& connection, int milliseconds);
  void WakeReported();
  static void Delivered(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque);
  static void Failed(rd_kafka_t* client, int error, const char* reason, void* opaque);

  const Settings settings_;
  const std::string topic_;
  const std::function<Timestamp()> clock_;
  std::atomic<bool> dead_{false};
  // Used by thread_ alone: when a dead producer may be replaced.
  std::chrono::steady_clock::time_point renew_at_;
  GrowingPause renew_pause_{std::chrono::milliseconds(100), std::chrono::milliseconds(5000)};
  std::mutex lost_mutex_;
  std::function<void()> lost_;
  std::mutex clock_mutex_;
  std::string clock_fault_;

  std::mutex mutex_;
  std::shared_ptr<Connection> connection_;
  std::map<int, Lane> lanes_;                  // by partition
  std::set<std::shared_ptr<Inbox>> reported_;  // have new reports, and must still be woken
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace contacts::kafka
