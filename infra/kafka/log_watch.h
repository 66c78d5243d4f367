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
#include "infra/kafka/settings.h"
#include "infra/kafka/topic.h"

namespace contacts::kafka {

// Any thread. What it finds is a fault of the handle.
class LogWatch {
 public:
  // `each_time` is called before each look.
  LogWatch(const Settings& settings, TopicOptions topic, int partitions,
           std::chrono::milliseconds interval, std::function<void()> each_time);
  ~LogWatch();

  // Watches for this handle as long as somebody else holds its inbox.
  void Join(int partition, const std::shared_ptr<Inbox>& inbox);
  // Looks at once: a reader met an error.
  void Hasten();
  // The cluster answered when it was last asked.
  bool reachable() const { return reachable_; }

 private:
  struct Reader {
    int partition;
    std::weak_ptr<Inbox> inbox;
  };

  void Run();
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
  Client client_;
  TopicHandle handle_;
  std::atomic<bool> reachable_{true};
  int missed_ = 0;  // looks in a row that did not find the topic

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Reader> readers_;
  bool hastened_ = false;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace contacts::kafka
