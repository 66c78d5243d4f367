// Notices what librdkafka 2.0.2 does not: that the topic is gone, has other partitions or settings,
// was cut, compacted or is another one under the same name. It reads the first entry, which names
// the log, and the newest one that each handle handed out, again and compares. In a compacted topic
// it reads the anchor and the newest entry (infra/kafka/fingerprint.h): compaction may remove the
// others.
//
// An end before what was read proves nothing: a leader that was deposed and is cut off from its
// cluster reports it too, until it learns that it was deposed. It can store nothing, though. So the
// watch appends an entry: its offset says where the log really ends.
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

#include "infra/base/growing_pause.h"
#include "infra/base/heartbeat.h"
#include "infra/kafka/client.h"
#include "infra/kafka/handles.h"
#include "infra/kafka/inbox.h"
#include "infra/kafka/settings.h"
#include "infra/kafka/topic.h"

namespace contacts::kafka {

// Any thread. A fault that it finds becomes the fault of the handle.
class LogWatch {
 public:
  struct Hooks {
    std::function<void()> each_time;  // called in each look that finds the topic, before the rest
    // Appends an entry, waits a short time and returns its offset; nullopt: it may not be stored.
    std::function<std::optional<Offset>(int partition)> append;
  };

  // `asker`: a client that never reads, since its questions would wait for reads to end; it must
  // outlive the watch. `log_id`: the one in the opening records; empty for a compacted topic.
  LogWatch(const Settings& settings, rd_kafka_t* asker, TopicOptions topic, std::string log_id,
           int partitions, std::chrono::milliseconds interval, Hooks hooks);
  ~LogWatch();

  // Watches for the handle with this inbox as long as the handle lives.
  void Join(int partition, const std::shared_ptr<Inbox>& inbox);
  // For a reader that met an error: looks immediately, or soon if it has just looked.
  void Hasten();
  // The cluster answered when it was last asked.
  bool reachable() const { return reachable_; }
  // A partition seemed to end before what was read of it, without proof.
  bool doubtful() const { return doubtful_; }
  // The cluster did not know the topic when last asked. After 4 such looks that is a fault.
  bool missing() const { return missed_ > 0; }
  // The first fault that was found; empty: none. It stays, except wrong settings of a compacted
  // topic, which can be corrected.
  std::string fault();

 private:
  struct Reader {
    int partition;
    std::weak_ptr<Inbox> inbox;
  };

  void Run();
  bool WaitForLook(Heartbeat& heart, std::unique_lock<std::mutex>& lock);
  void AskBetweenLooks(Heartbeat& heart);
  void NoteWhenMissing();
  void Look(Heartbeat& heart, const std::vector<Reader>& readers);
  void LookAt(const Reader& reader, const std::string& topic_fault);
  // Whether the cluster answers, and what it says of the topic.
  TopicState Ask();
  std::string FaultOfTopic();
  std::string FaultOfBeginning(int partition);
  std::string FaultOfPlace(int partition, const Place& place);
  std::string FaultOfEnd(int partition, const Place& place, int64_t ends);
  std::string FaultOfEntries(int partition, const Place& place);
  Message Read(int partition, int64_t offset);

  const TopicOptions options_;
  const std::string& topic_ = options_.name;
  const std::string log_id_;
  const int partitions_;
  const std::chrono::milliseconds interval_;
  const Hooks hooks_;
  rd_kafka_t* const asker_;
  Client reader_;
  TopicHandle handle_;
  std::atomic<bool> reachable_{true};
  std::atomic<bool> doubtful_{false};
  bool doubt_ = false;          // the same for the present look
  std::atomic<int> missed_{0};  // looks in a row that did not find the topic

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Reader> readers_;
  std::string fault_;
  std::string settings_fault_;  // of a compacted topic, by the last look
  bool hastened_ = false;
  GrowingPause soon_;                // between looks that were hastened, or found something wrong
  std::chrono::milliseconds least_;  // the pause of soon_ from the last look to the next
  std::chrono::steady_clock::time_point looked_at_;
  std::chrono::steady_clock::time_point asked_at_;  // used by the watch's thread alone
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace contacts::kafka
