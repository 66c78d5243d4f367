#include "infra/base/connect.h"

#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "infra/base/errno_text.h"

namespace contacts {
namespace {

Reached TryOne(const HostPort& server, ConnectDeadline deadline) {
  addrinfo hints = {};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int fault =
      getaddrinfo(server.host.c_str(), std::to_string(server.port).c_str(), &hints, &found);
  if (fault == EAI_NONAME || fault == EAI_NODATA) {
    return {Reached::State::kNoSuchName, "there is no such name"};
  }
  if (fault != 0) return {Reached::State::kNotNow, gai_strerror(fault)};
  const std::unique_ptr<addrinfo, FreeAddresses> addresses(found);
  Reached reached{Reached::State::kNotNow, "there is no address"};
  for (const addrinfo* to = found; to != nullptr; to = to->ai_next) {
    const int fd = ConnectTo(*to, deadline, &reached.why);
    if (fd < 0) continue;
    close(fd);
    return {Reached::State::kYes, ""};
  }
  return reached;
}

// Outlives the caller, because the look-up of a name cannot be cancelled.
struct Asked {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<Reached> reached;
  size_t open = 0;
};

}  // namespace

int LeftUntil(ConnectDeadline deadline) {
  const auto left = deadline - std::chrono::steady_clock::now();
  const auto whole = std::chrono::ceil<std::chrono::milliseconds>(left).count();
  return static_cast<int>(std::max<int64_t>(whole, 0));
}

int ConnectTo(const addrinfo& to, ConnectDeadline deadline, std::string* why) {
  const int fd = socket(to.ai_family, to.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) {
    *why = ErrnoText(errno);
    return -1;
  }
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  int fault = connect(fd, to.ai_addr, to.ai_addrlen) == 0 ? 0 : errno;
  if (fault == EINPROGRESS) {
    pollfd ready{fd, POLLOUT, 0};
    socklen_t size = sizeof fault;
    if (poll(&ready, 1, LeftUntil(deadline)) != 1) {
      fault = ETIMEDOUT;
    } else {
      getsockopt(fd, SOL_SOCKET, SO_ERROR, &fault, &size);
    }
  }
  if (fault == 0) return fd;
  *why = ErrnoText(fault);
  close(fd);
  return -1;
}

std::string Shown(const HostPort& server) {
  const bool v6 = server.host.find(':') != std::string::npos;
  return (v6 ? "[" + server.host + "]" : server.host) + ":" + std::to_string(server.port);
}

std::vector<Reached> TryToReach(const std::vector<HostPort>& servers, ConnectDeadline deadline) {
  const auto asked = std::make_shared<Asked>();
  asked->reached.assign(servers.size(), {Reached::State::kNotNow, "no answer in time"});
  asked->open = servers.size();
  for (size_t i = 0; i < servers.size(); ++i) {
    std::thread([asked, deadline, i, server = servers[i]] {
      Reached reached = TryOne(server, deadline);
      const std::lock_guard lock(asked->mutex);
      asked->reached[i] = std::move(reached);
      --asked->open;
      asked->changed.notify_one();
    }).detach();
  }
  std::unique_lock lock(asked->mutex);
  asked->changed.wait_until(lock, deadline, [&] { return asked->open == 0; });
  return asked->reached;
}

}  // namespace contacts
