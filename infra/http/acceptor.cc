#include "infra/http/acceptor.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <memory>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "infra/base/heartbeat.h"
#include "infra/base/log.h"
#include "infra/http/address.h"

namespace contacts::http {
namespace {

using std::chrono::milliseconds;

constexpr int kBacklog = 1024;
constexpr int kInARow = 64;  // clients that are accepted between two looks at whether to stop
constexpr milliseconds kFirstPause{100};
constexpr milliseconds kLongestPause{1000};
// Accepting has to go well for so long before nothing is wrong any more.
constexpr auto kWell = std::chrono::seconds(1);
// A process with few descriptors keeps `spare` of them for each so many that it has.
constexpr rlim_t kFew = 2048;

std::string ErrorText(int error) { return std::system_category().message(error); }

rlim_t DescriptorLimit() {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : RLIM_INFINITY;
}

int Listen(const std::string& where) {
  const ListenAddress address = ReadListenAddress(where);
  const auto fail = [&where](const std::string& why) {
    throw std::runtime_error("cannot listen on " + where + ": " + why);
  };
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  const bool any = address.host.empty() || address.host == "*";
  if (any) hints.ai_family = AF_INET;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(any ? nullptr : address.host.c_str(),
                                std::to_string(address.port).c_str(), &hints, &found);
  if (error != 0) fail(error == EAI_SYSTEM ? ErrorText(errno) : gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, &freeaddrinfo);
  // A name that has both means its IPv4 address.
  for (const addrinfo* next = found; next != nullptr; next = next->ai_next) {
    if (next->ai_family == AF_INET) {
      found = const_cast<addrinfo*>(next);
      break;
    }
  }
  const int fd = socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) fail(ErrorText(errno));
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // accepted sockets inherit it
  if (bind(fd, found->ai_addr, found->ai_addrlen) != 0 || listen(fd, kBacklog) != 0) {
    const int why = errno;
    close(fd);
    fail(ErrorText(why));
  }
  return fd;
}

uint16_t PortOf(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return 0;
  return ntohs(storage.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port
                   : reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
}

void Reset(int fd) {
  const linger at_once{1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(fd);
}

}  // namespace

Acceptor::Acceptor(std::string name, std::string listen, size_t spare)
    : name_(std::move(name)),
      listen_(std::move(listen)),
      spare_(spare),
      listening_(Listen(listen_)),
      stop_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      port_(PortOf(listening_)) {
  if (stop_ >= 0) return;
  close(listening_);
  throw std::runtime_error("cannot listen on " + listen_ + ": " + ErrorText(errno));
}

Acceptor::~Acceptor() {
  Stop();
  if (listening_ >= 0) close(listening_);
  close(stop_);
}

void Acceptor::Start(Take take) {
  take_ = std::move(take);
  thread_ = std::thread([this] { Run(); });
}

void Acceptor::Stop() {
  if (!thread_.joinable()) return;
  eventfd_write(stop_, 1);
  thread_.join();
  close(listening_);
  listening_ = -1;
}

std::string Acceptor::Trouble() const {
  if (!paused_ && Clock::now() - kWell > last_failure_.load()) return "";
  return "No client can connect to " + listen_ + ": the process may have " +
         std::to_string(DescriptorLimit()) +
         " descriptors, and those for clients are in use; raise the limit (ulimit -n, "
         "LimitNOFILE=), or have clients keep fewer connections open";
}

void Acceptor::Run() {
  Heartbeat heart(name_ + " acceptor");
  for (;;) {
    std::array<pollfd, 2> ready = {{{stop_, POLLIN, 0}, {listening_, POLLIN, 0}}};
    const bool pausing = pause_.count() > 0;  // then nobody looks at who waits outside
    const auto wait = pausing ? pause_ : Heartbeat::kWaitAtMost;
    heart.Beat();
    ::poll(ready.data(), pausing ? 1 : 2, static_cast<int>(wait.count()));
    if (ready[0].revents != 0) return;
    if (pausing && !GoesOn()) continue;
    for (int i = 0; i < kInARow && AcceptOne(); ++i) {
    }
  }
}

bool Acceptor::AcceptOne() {
  const int fd = accept4(listening_, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) {
    // The client has gone again, or its network: the next one may be there.
    if (errno == EINTR || errno == ECONNABORTED || errno == EPROTO) return true;
    if (errno != EAGAIN && errno != EWOULDBLOCK) Pause(ErrorText(errno));
    return false;
  }
  // The kernel gives the lowest number that is free: all below this one are in use.
  if (fd >= FirstSpare()) {
    Reset(fd);
    Pause("the other descriptors are kept for storage");
    return false;
  }
  try {
    take_(fd);
  } catch (const std::exception& error) {
    Reset(fd);
    log::Error("a client could not be taken over", {{"error", error.what()}});
  }
  return true;
}

void Acceptor::Pause(const std::string& why) {
  const auto now = Clock::now();
  pause_ = kFirstPause;
  last_failure_ = now;
  paused_ = true;
  ++pauses_;
  if (!lines_.MaySay(now)) return;
  log::Warn("accepting clients pauses: descriptors are short",
            {{"listen", listen_}, {"limit", std::to_string(DescriptorLimit())}, {"cause", why}});
}

// Opens a file to see whether one can be: a client that was accepted to see it would be lost.
bool Acceptor::GoesOn() {
  const int fd = eventfd(0, EFD_CLOEXEC);
  const bool room = fd >= 0 && fd < FirstSpare();
  if (fd >= 0) close(fd);
  if (room) {
    pause_ = milliseconds(0);
    paused_ = false;
    return true;
  }
  pause_ = std::min(2 * pause_, kLongestPause);
  last_failure_ = Clock::now();
  return false;
}

// Looked up each time: the limit of a running process can be changed from outside.
int Acceptor::FirstSpare() const {
  const rlim_t limit = std::min<rlim_t>(DescriptorLimit(), 1u << 30);
  return static_cast<int>(limit - std::min<rlim_t>(spare_, limit * spare_ / kFew));
}

}  // namespace contacts::http
