// Notices what librdkafka 2.0.2 does not: that the topic is gone, has other partitions or settings,
// was cut, compacted or is another one under the same name. It reads the first entry, and the
// newest one that each handle handed out, again and compares.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "infra/kafka/client.h"
#include "infra/kafka/handles.h"
#include "infra/kafka/inbox.h"
#include "infra/kafka/pause.h"
#include "infra/kafka/settings.h"
#include "infra/kafka/topic.h"

namespace contacts::kafka {

// Any thread. What it finds is a fault of the handle.
class LogWatch {
 public:
  // `asker` must outlive it: a client that never reads, since its questions would wait for reads to
  // end. `each_time` is called before each look.
  LogWatch(const Settings& settings, rd_kafka_t* asker, TopicOptions topic, int partitions,
           std::chrono::milliseconds interval, std::function<void()> each_time);
  ~LogWatch();

  // Watches for this handle as long as somebody else holds its inbox.
  void Join(int partition, const std::shared_ptr<Inbox>& inbox);
  // Looks at once, or soon when it has just looked: a reader met an error.
  void Hasten();
  // The cluster answered when it was last asked.
  bool reachable() const { return reachable_; }

 private:
  struct Reader {
    int partition;
    std::weak_ptr<Inbox> inbox;
  };

  void Run();
  bool WaitForLook(std::unique_lock<std::mutex>& lock);
  void Look(const std::vector<Reader>& readers);
  // Whether the cluster answers, and what it says of the topic.
  TopicState Ask();
  std::string FaultOfTopic();
  std::string FaultOfBeginning(int partition);
  std::string FaultOfPlace(int partition, const Mark& mark);

  const TopicOptions options_;
  const std::string& topic_ = options_.name;
  const int partitions_;
  const std::chrono::milliseconds interval_;
  const std::function<void()> each_time_;
  rd_kafka_t* const asker_;
  Client reader_;
  TopicHandle handle_;
  std::atomic<bool> reachable_{true};
  int missed_ = 0;  // looks in a row that did not find the topic

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Reader> readers_;
  bool hastened_ = false;
  GrowingPause soon_;                // between looks that were hastened, or found something wrong
  std::chrono::milliseconds least_;  // … from the newest look to the next of that kind
  std::chrono::steady_clock::time_point looked_at_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace contacts::kafka
