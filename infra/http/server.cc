#include "infra/http/server.h"

#include <pistache/peer.h>
#include <pistache/reactor.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "infra/base/log.h"
#include "infra/http/acceptor.h"
#include "infra/http/output_flusher.h"
#include "infra/http/server_shared.h"
#include "infra/http/worker.h"

namespace contacts::http {
namespace {

// Raises the limit of descriptors as far as needed and allowed; returns how many connections fit.
size_t ConnectionsThatFit(const ServerOptions& options) {
  const size_t wanted = options.max_connections;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  // The spare ones come on top of those that are in use already.
  const rlim_t needed = static_cast<rlim_t>(wanted) + 2 * options.spare_descriptors;
  if (limit.rlim_cur < needed) {
    limit.rlim_cur = std::min(needed, limit.rlim_max);
    setrlimit(RLIMIT_NOFILE, &limit);
  }
  const rlim_t others = std::min<rlim_t>(options.spare_descriptors, limit.rlim_cur / 2);
  const size_t fit = std::min(wanted, static_cast<size_t>(limit.rlim_cur - others));
  if (fit < wanted) {
    log::Warn("fewer connections than configured: raise the limit of descriptors",
              {{"listen", options.listen},
               {"connections", std::to_string(fit)},
               {"configured", std::to_string(wanted)},
               {"limit", std::to_string(limit.rlim_max)}});
  }
  return fit;
}

}  // namespace

class Server::State {
 public:
  State(ServerOptions options, Router router)
      : shared_(std::make_shared<ServerShared>(std::move(options), std::move(router))),
        flusher_(std::make_shared<OutputFlusher>()),
        group_(std::make_shared<WorkerGroup>(shared_, flusher_)),
        acceptor_(shared_->options.name, shared_->options.listen,
                  shared_->options.spare_descriptors) {
    flusher_->Start([group = group_.get()] { group->WakeAll(); });
    try {
      StartWorkers();
      acceptor_.Start([this](int fd) {
        workers_[static_cast<size_t>(fd) % workers_.size()]->handleNewPeer(
            Pistache::Tcp::Peer::Create(fd, Pistache::Address()));
      });
    } catch (...) {          // a thread cannot be made
      reactor_->shutdown();  // else its end waits for ever for the workers that run
      reactor_.reset();
      flusher_->Stop();  // it wakes the group
      throw;
    }
  }

  ~State() {
    Drain(std::chrono::milliseconds(0));
    reactor_->shutdown();
    reactor_.reset();  // joins the workers
    flusher_->Stop();
    for (const auto& connection : flusher_->Connections()) {
      connection->Closed();
      flusher_->Forget(*connection);
      close(connection->descriptor());
    }
    group_->DropConnections();
  }

  uint16_t port() const { return acceptor_.port(); }
  void Tune(const ServerOptions& options) { shared_->tuning.Replace(Tuning(options)); }
  void Leave() { shared_->leaving = true; }
  std::string Trouble() const { return acceptor_.Trouble(); }

  ServerCounts counts() const {
    return {shared_->connections, shared_->under_way, shared_->held_bytes, shared_->unsent_bytes,
            shared_->turned_away, shared_->cut,       acceptor_.pauses(),  shared_->streams};
  }

  bool Drain(std::chrono::milliseconds deadline) {
    acceptor_.Stop();  // first: whoever sees that a drain has begun cannot connect any more
    shared_->BeginDrain(std::chrono::steady_clock::now());
    for (const auto& connection : flusher_->Connections()) connection->CloseIfIdle();
    std::unique_lock lock(shared_->drained_mutex);
    const bool all =
        shared_->drained.wait_for(lock, deadline, [&] { return shared_->under_way == 0; });
    if (!all) shared_->cut += shared_->under_way;
    return all;
  }

 private:
  // Does what Pistache's Listener does, without its accepting loop.
  void StartWorkers() {
    const auto threads = static_cast<size_t>(shared_->options.threads);
    reactor_->init(Pistache::Aio::AsyncContext(threads, "http"));
    const auto key = reactor_->addHandler(std::make_shared<Worker>(group_));
    for (const auto& handler : reactor_->handlers(key)) {
      workers_.push_back(static_cast<Worker*>(handler.get()));
    }
    reactor_->run();
    group_->WaitUntilRunning(threads);
  }

  const std::shared_ptr<ServerShared> shared_;
  const std::shared_ptr<OutputFlusher> flusher_;
  const std::shared_ptr<WorkerGroup> group_;
  Acceptor acceptor_;
  std::shared_ptr<Pistache::Aio::Reactor> reactor_ = Pistache::Aio::Reactor::create();
  std::vector<Worker*> workers_;  // the reactor's
};

Server::Server(ServerOptions options, Router router) {
  options.max_connections = ConnectionsThatFit(options);
  if (!options.max_connections_per_address) {
    options.max_connections_per_address = std::max<size_t>(options.max_connections / 4, 1);
  }
  options.threads = std::max(options.threads, 1);
  state_ = std::make_unique<State>(std::move(options), std::move(router));
}

Server::~Server() = default;

uint16_t Server::port() const { return state_->port(); }

void Server::Tune(const ServerOptions& options) { state_->Tune(options); }

void Server::Leave() { state_->Leave(); }

bool Server::Drain(std::chrono::milliseconds deadline) { return state_->Drain(deadline); }

std::string Server::Trouble() const { return state_->Trouble(); }

ServerCounts Server::counts() const { return state_->counts(); }

}  // namespace contacts::http
