// One worker: a thread and an event loop of Pistache, with our own reading of sockets.
#pragma once

#include <pistache/transport.h>

#include <array>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "infra/base/heartbeat.h"
#include "infra/http/connection.h"
#include "infra/http/output_flusher.h"

namespace contacts::http {

// Wakes a worker from other threads. Outlives the worker while connections refer to it.
class WorkerWakeup : public ConnectionCallbacks {
 public:
  explicit WorkerWakeup(std::shared_ptr<OutputFlusher> flusher);
  ~WorkerWakeup() override;
  void WhenWritable(const std::shared_ptr<Connection>& connection) override;
  void ReadAgain(const std::shared_ptr<Connection>& connection) override;
  void Wake();
  // For the worker: the connections for which ReadAgain was called since the last call.
  std::vector<std::shared_ptr<Connection>> TakeAgain();
  int descriptor() const { return eventfd_; }

 private:
  const std::shared_ptr<OutputFlusher> flusher_;
  const int eventfd_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<Connection>> again_;
};

// The state that the workers of a server share.
struct WorkerGroup {
  WorkerGroup(std::shared_ptr<ServerShared> shared_state,
              std::shared_ptr<OutputFlusher> shared_flusher)
      : shared(std::move(shared_state)), flusher(std::move(shared_flusher)) {}

  // Wakes every worker.
  void WakeAll();
  // Forgets the connections that no worker takes any more: they hold their WorkerWakeup, and it
  // holds them, so neither would ever be freed.
  void DropConnections();
  void WaitUntilRunning(size_t workers);

  const std::shared_ptr<ServerShared> shared;
  const std::shared_ptr<OutputFlusher> flusher;
  std::mutex mutex;
  std::condition_variable started;
  size_t running = 0;
  std::vector<std::shared_ptr<WorkerWakeup>> wakeups;
};

// Pistache's Transport hands over accepted sockets and waits for events. Its own reading and
// writing are not used, because (measured, Debian's 0.0.5) queued writes go to whatever connection
// has the descriptor's number by then, a reader cannot be told to wait, and the HTTP layer's timer
// throws away the events that come together with it.
class Worker : public Pistache::Tcp::Transport {
 public:
  explicit Worker(std::shared_ptr<WorkerGroup> group);

  std::shared_ptr<Pistache::Aio::Handler> clone() const override;
  void registerPoller(Pistache::Polling::Epoll& poller) override;
  void onReady(const Pistache::Aio::FdSet& events) override;

  // A new client; called on the worker's thread.
  void Adopt(const std::shared_ptr<Pistache::Tcp::Peer>& peer);

 private:
  void OnWakeup();
  // Counts a new connection, and refuses it when there are too many.
  void LetIn(Connection& connection, const IpAddress& address);
  // `more`: keep reading until EAGAIN, also after a read that took less than it could.
  void Read(const std::shared_ptr<Connection>& connection, bool more);
  void ReadInput(const std::shared_ptr<Connection>& connection, bool more);
  void Close(const std::shared_ptr<Connection>& connection);
  void TakeNewPeers(Pistache::Polling::Tag queue);

  const std::shared_ptr<WorkerGroup> group_;
  const std::shared_ptr<WorkerWakeup> wakeup_;
  bool running_ = false;
  std::optional<Heartbeat> heart_;  // of the worker's thread, once it runs
  uint64_t queue_tag_ = 0;          // of Pistache's queue of new peers; 0: unknown yet
  std::unordered_map<int, std::shared_ptr<Connection>> connections_;  // by descriptor
  // Descriptors of clients that were trusted proxies when they came: their addresses are not
  // counted.
  std::unordered_set<int> uncounted_;
  std::array<char, 16 * 1024> buffer_;
};

}  // namespace contacts::http
