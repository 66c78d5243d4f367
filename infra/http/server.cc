#include "infra/http/server.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <pistache/listener.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <set>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "infra/http/drainer.h"
#include "infra/http/front.h"
#include "infra/http/worker.h"

namespace contacts::http {
namespace {

constexpr int kBacklog = 1024;
// Descriptors that the rest of the program may need beside the connections.
constexpr rlim_t kOtherDescriptors = 1024;

// Lets the process have as many descriptors as it needs, and no more connections than it can have.
size_t ConnectionsThatFit(size_t wanted) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  const rlim_t needed = static_cast<rlim_t>(wanted) + kOtherDescriptors;
  if (limit.rlim_cur < needed) {
    limit.rlim_cur = std::min(needed, limit.rlim_max);
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  const rlim_t others = std::min(kOtherDescriptors, limit.rlim_cur / 2);
  return std::min(wanted, static_cast<size_t>(limit.rlim_cur - others));
}

uint16_t PortOf(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return 0;
  if (storage.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
  }
  return storage.ss_family == AF_INET6
             ? ntohs(reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port)
             : 0;
}

bool IsListening(int fd) {
  int listening = 0;
  socklen_t size = sizeof listening;
  return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) == 0 && listening != 0;
}

std::set<int> ListeningDescriptors() {
  std::set<int> listening;
  std::error_code gone;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", gone)) {
    const int fd = static_cast<int>(std::strtol(entry.path().filename().c_str(), nullptr, 10));
    if (fd > 2 && IsListening(fd)) listening.insert(fd);
  }
  return listening;
}

// Pistache keeps its listening socket to itself: it is the one that was not there before.
int FindListener(const std::set<int>& before, uint16_t port) {
  for (const int fd : ListeningDescriptors()) {
    if (!before.contains(fd) && PortOf(fd) == port) return fd;
  }
  return -1;
}

}  // namespace

class Server::State {
 public:
  State(ServerOptions options, Router router)
      : front_(std::make_shared<Front>(std::move(options), std::move(router))),
        drainer_(std::make_shared<Drainer>()),
        crew_(std::make_shared<Crew>(front_, drainer_)) {
    Listen();
    drainer_->Start([crew = crew_.get()] { crew->RingAll(); });
    listener_->runThreaded();
    crew_->WaitUntilRunning(static_cast<size_t>(front_->options.threads));
  }

  ~State() {
    Drain(std::chrono::milliseconds(0));
    listener_.reset();  // stops and joins the workers
    drainer_->Stop();
    for (const auto& connection : drainer_->Everyone()) {
      connection->Closed();
      drainer_->Forget(*connection);
      close(connection->descriptor());
    }
    crew_->DropCalls();
  }

  uint16_t port() const { return port_; }

  ServerCounts counts() const {
    return {front_->connections,  front_->under_way,   front_->held_bytes,
            front_->unsent_bytes, front_->turned_away, front_->cut};
  }

  bool Drain(std::chrono::milliseconds deadline) {
    front_->BeginDrain(std::chrono::steady_clock::now());
    StopAccepting();
    for (const auto& connection : drainer_->Everyone()) connection->CloseIfIdle();
    std::unique_lock lock(front_->drained_mutex);
    const bool all =
        front_->drained.wait_for(lock, deadline, [&] { return front_->under_way == 0; });
    if (!all) front_->cut += front_->under_way;
    return all;
  }

 private:
  void Listen() {
    using Pistache::Tcp::Options;
    const ServerOptions& options = front_->options;
    const ListenAddress address = ReadListenAddress(options.listen);
    const bool v6 = address.host.find(':') != std::string::npos;
    const std::set<int> before = ListeningDescriptors();
    try {
      listener_ = std::make_unique<Pistache::Tcp::Listener>(Pistache::Address(
          v6 ? "[" + address.host + "]" : address.host, Pistache::Port(address.port)));
      listener_->init(
          static_cast<size_t>(options.threads),
          Pistache::Flags<Options>(Options::ReuseAddr | Options::NoDelay | Options::CloseOnExec),
          "http", kBacklog);
      listener_->setTransportFactory([crew = crew_] { return std::make_shared<Worker>(crew); });
      listener_->bind();
      port_ = listener_->getPort();
    } catch (const std::exception& error) {
      throw std::runtime_error("cannot listen on " + options.listen + ": " + error.what());
    }
    listening_ = FindListener(before, port_);
  }

  // Puts a socket that does not listen in the place of the one that does: the kernel then refuses
  // new clients at once, and Pistache's accepting thread sees nothing more of them.
  void StopAccepting() {
    if (listening_ < 0) return;
    const int silent = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (silent < 0) return;
    dup3(silent, listening_, O_CLOEXEC);
    close(silent);
    listening_ = -1;
  }

  const std::shared_ptr<Front> front_;
  const std::shared_ptr<Drainer> drainer_;
  const std::shared_ptr<Crew> crew_;
  std::unique_ptr<Pistache::Tcp::Listener> listener_;
  uint16_t port_ = 0;
  int listening_ = -1;
};

Server::Server(ServerOptions options, Router router) {
  options.max_connections = ConnectionsThatFit(options.max_connections);
  if (!options.max_connections_per_address) {
    options.max_connections_per_address = std::max<size_t>(options.max_connections / 4, 1);
  }
  options.threads = std::max(options.threads, 1);
  state_ = std::make_unique<State>(std::move(options), std::move(router));
}

Server::~Server() = default;

uint16_t Server::port() const { return state_->port(); }

bool Server::Drain(std::chrono::milliseconds deadline) { return state_->Drain(deadline); }

ServerCounts Server::counts() const { return state_->counts(); }

}  // namespace contacts::http
