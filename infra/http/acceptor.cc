#include "infra/http/acceptor.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <exception>
#include <stdexcept>
#include <utility>

#include "infra/base/errno_text.h"
#include "infra/base/heartbeat.h"
#include "infra/base/log.h"
#include "infra/http/listening.h"

namespace contacts::http {
namespace {

using std::chrono::milliseconds;

constexpr int kInARow = 64;  // clients accepted between two checks whether to stop
constexpr milliseconds kFirstPause{100};
constexpr milliseconds kLongestPause{1000};
// How long accepting must go well before Trouble() is empty again.
constexpr auto kWell = std::chrono::seconds(1);
// If a process may have fewer descriptors than these, `spare` shrinks in proportion.
constexpr rlim_t kFew = 2048;

rlim_t DescriptorLimit() {
  rlimit limit{};
  return getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : RLIM_INFINITY;
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
      listening_(ListenOn(listen_)),
      stop_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      port_(PortOf(listening_.front())) {
  if (stop_ >= 0) return;
  CloseAll();
  throw std::runtime_error("cannot listen on " + listen_ + ": " + ErrnoText(errno));
}

Acceptor::~Acceptor() {
  Stop();
  CloseAll();
  close(stop_);
}

void Acceptor::CloseAll() {
  for (const int fd : listening_) close(fd);
  listening_.clear();
}

void Acceptor::Start(Take take) {
  take_ = std::move(take);
  thread_ = std::thread([this] { Run(); });
}

void Acceptor::Stop() {
  if (!thread_.joinable()) return;
  eventfd_write(stop_, 1);
  thread_.join();
  CloseAll();
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
  std::vector<pollfd> ready = {{stop_, POLLIN, 0}};
  for (const int fd : listening_) ready.push_back({fd, POLLIN, 0});
  for (;;) {
    const bool pausing = pause_.count() > 0;  // then the listening sockets are not polled
    const auto wait = pausing ? pause_ : Heartbeat::kWaitAtMost;
    heart.Beat();
    ::poll(ready.data(), pausing ? 1 : ready.size(), static_cast<int>(wait.count()));
    if (ready[0].revents != 0) return;
    if (pausing && !GoesOn()) continue;
    for (const int fd : listening_) {
      for (int i = 0; i < kInARow && AcceptOne(fd); ++i) {
      }
    }
  }
}

bool Acceptor::AcceptOne(int listening) {
  const int fd = accept4(listening, nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK);
  if (fd < 0) {
    // This client or its network has gone; the next client may be there.
    if (errno == EINTR || errno == ECONNABORTED || errno == EPROTO) return true;
    if (errno != EAGAIN && errno != EWOULDBLOCK) Pause(ErrnoText(errno));
    return false;
  }
  // The kernel gives the lowest free number, so all below this one are in use.
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

// Opens a descriptor to see whether one is free: a client accepted for that would be lost.
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

// Reads the limit each time, because it can be changed from outside while the process runs.
int Acceptor::FirstSpare() const {
  const rlim_t limit = std::min<rlim_t>(DescriptorLimit(), 1u << 30);
  return static_cast<int>(limit - std::min<rlim_t>(spare_, limit * spare_ / kFew));
}

}  // namespace contacts::http
