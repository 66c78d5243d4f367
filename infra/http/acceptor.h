// Listens, and accepts clients on its own thread while the process has descriptors to spare.
// Pistache's accepting loop would spin without them: the client that it cannot accept stays in the
// kernel's queue and wakes it again.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "infra/base/seldom.h"

namespace contacts::http {

class Acceptor {
 public:
  // Called with the descriptor of a new client, which the callee owns from then on.
  using Take = std::function<void(int fd)>;

  // Binds immediately; throws std::runtime_error that names the address and the cause. `name` is
  // the server's; the thread's begins with it. `spare` descriptors are kept from clients; fewer,
  // if the process has few.
  Acceptor(std::string name, std::string listen, size_t spare);
  ~Acceptor();  // like Stop
  Acceptor(const Acceptor&) = delete;
  Acceptor& operator=(const Acceptor&) = delete;

  uint16_t port() const { return port_; }
  void Start(Take take);
  // After it the kernel refuses new clients. One thread at a time may call it.
  void Stop();

  // How often accepting paused because descriptors were short.
  size_t pauses() const { return pauses_; }
  // Why clients are not accepted; empty: they are, and were for the last second. Any thread.
  std::string Trouble() const;

 private:
  using Clock = std::chrono::steady_clock;

  void Run();
  void CloseAll();
  // False: no client waits, or accepting pauses.
  bool AcceptOne(int listening);
  void Pause(const std::string& why);
  bool GoesOn();
  int FirstSpare() const;

  const std::string name_;
  const std::string listen_;
  const size_t spare_;
  std::vector<int> listening_;
  int stop_ = -1;  // eventfd
  uint16_t port_ = 0;
  Take take_;
  std::chrono::milliseconds pause_{0};  // 0: accepting goes on
  std::atomic<bool> paused_{false};
  std::atomic<size_t> pauses_{0};
  std::atomic<Clock::time_point> last_failure_{Clock::time_point::min()};
  Seldom lines_{std::chrono::minutes(1)};
  std::thread thread_;
};

}  // namespace contacts::http
