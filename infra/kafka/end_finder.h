// Asks the cluster where a partition ends, on a thread of its own: librdkafka 2.0.2 only offers a
// call that blocks.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "infra/kafka/handles.h"
#include "infra/kafka/inbox.h"

namespace contacts::kafka {

// Any thread. One question at a time is on its way; it is asked until it is answered.
class EndFinder {
 public:
  // The client must outlive it.
  EndFinder(rd_kafka_t* client, std::string topic, int partition, std::shared_ptr<Inbox> inbox);
  ~EndFinder();

  // The newest query counts; the answer goes to the inbox.
  void Ask(uint64_t query);
  // Makes the client's thread look whether there is room for more entries: 2.0.2 fetches no more
  // once enough are waiting, and looks again after a second unless something is asked of it.
  void Stir();

 private:
  void Run();
  std::optional<Offset> Find();

  rd_kafka_t* const client_;
  const std::string topic_;
  const int partition_;
  const std::shared_ptr<Inbox> inbox_;

  std::mutex mutex_;
  std::condition_variable asked_;
  std::optional<uint64_t> query_;
  bool stir_ = false;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace contacts::kafka
