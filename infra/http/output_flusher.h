// One thread that finishes the answers which a client's socket did not take immediately, so that a
// slow reader costs no worker's time. It also closes connections whose time is up.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "infra/http/connection.h"

namespace contacts::http {

class OutputFlusher {
 public:
  OutputFlusher();
  ~OutputFlusher();  // like Stop
  OutputFlusher(const OutputFlusher&) = delete;
  OutputFlusher& operator=(const OutputFlusher&) = delete;

  // `tick` runs on its thread about five times a second.
  void Start(std::function<void()> tick);
  // After it the flusher writes nothing any more.
  void Stop();

  // Any thread. Calls Pump() each time that the socket takes bytes again, until Pump() is done.
  void WhenWritable(const std::shared_ptr<Connection>& connection);

  void Enrol(const std::shared_ptr<Connection>& connection);
  // To be called after Closed() and before the descriptor is closed, because its number may then be
  // used again.
  void Forget(const Connection& connection);
  std::vector<std::shared_ptr<Connection>> Connections() const;

 private:
  void Run();
  void PumpOne(int fd);
  static void TryTo(const std::function<void()>& work);

  std::function<void()> tick_;
  const int epoll_;
  const int stop_;  // eventfd
  mutable std::mutex mutex_;
  std::unordered_map<int, std::shared_ptr<Connection>> connections_;  // by descriptor
  std::thread thread_;
};

}  // namespace contacts::http
