#include "infra/http/output_flusher.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <exception>
#include <utility>

#include "infra/base/heartbeat.h"
#include "infra/base/log.h"

namespace contacts::http {
namespace {

constexpr auto kTick = std::chrono::milliseconds(200);

}  // namespace

OutputFlusher::OutputFlusher()
    : epoll_(epoll_create1(EPOLL_CLOEXEC)), stop_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = stop_;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, stop_, &event);
}

OutputFlusher::~OutputFlusher() {
  Stop();
  close(stop_);
  close(epoll_);
}

void OutputFlusher::Start(std::function<void()> tick) {
  tick_ = std::move(tick);
  thread_ = std::thread([this] { Run(); });
}

void OutputFlusher::Stop() {
  eventfd_write(stop_, 1);
  if (thread_.joinable()) thread_.join();
}

// One shot: between two calls the descriptor stays in the set, disarmed, so that any thread can arm
// it again without a lock shared with the flusher's thread.
void OutputFlusher::WhenWritable(const std::shared_ptr<Connection>& connection) {
  epoll_event event{};
  event.events = EPOLLOUT | EPOLLONESHOT;
  event.data.fd = connection->descriptor();
  if (epoll_ctl(epoll_, EPOLL_CTL_MOD, event.data.fd, &event) != 0 && errno == ENOENT) {
    epoll_ctl(epoll_, EPOLL_CTL_ADD, event.data.fd, &event);
  }
}

void OutputFlusher::Enrol(const std::shared_ptr<Connection>& connection) {
  const std::lock_guard lock(mutex_);
  connections_[connection->descriptor()] = connection;
}

void OutputFlusher::Forget(const Connection& connection) {
  epoll_ctl(epoll_, EPOLL_CTL_DEL, connection.descriptor(), nullptr);
  const std::lock_guard lock(mutex_);
  connections_.erase(connection.descriptor());
}

std::vector<std::shared_ptr<Connection>> OutputFlusher::Connections() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::shared_ptr<Connection>> all;
  all.reserve(connections_.size());
  for (const auto& [fd, connection] : connections_) all.push_back(connection);
  return all;
}

void OutputFlusher::PumpOne(int fd) {
  std::shared_ptr<Connection> connection;
  {
    const std::lock_guard lock(mutex_);
    const auto found = connections_.find(fd);
    if (found == connections_.end()) return;
    connection = found->second;
  }
  // An event may belong to an earlier connection with this number; an extra Pump() does no harm.
  if (!connection->Pump()) WhenWritable(connection);
}

// An exception that left the thread would end the process.
void OutputFlusher::TryTo(const std::function<void()>& work) {
  try {
    work();
  } catch (const std::exception& error) {
    log::Error("the front failed at a slow client", {{"error", error.what()}});
  }
}

void OutputFlusher::Run() {
  Heartbeat heart("http flusher");
  auto next_tick = Connection::Clock::now() + kTick;
  for (;;) {
    const auto now = Connection::Clock::now();
    heart.Beat();
    if (now >= next_tick) {
      TryTo(tick_);
      for (const auto& connection : Connections()) TryTo([&] { connection->Expire(now); });
      next_tick = now + kTick;
    }
    const auto wait = std::chrono::ceil<std::chrono::milliseconds>(next_tick - now);
    std::array<epoll_event, 64> events;
    const int count = epoll_wait(epoll_, events.data(), events.size(),
                                 std::clamp<int>(static_cast<int>(wait.count()), 0, 200));
    for (int i = 0; i < count; ++i) {
      if (events[static_cast<size_t>(i)].data.fd == stop_) return;
      TryTo([&] { PumpOne(events[static_cast<size_t>(i)].data.fd); });
    }
  }
}

}  // namespace contacts::http
