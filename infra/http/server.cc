#include "infra/http/server.h"

#include <pistache/peer.h>
#include <pistache/reactor.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "infra/base/log.h"
#include "infra/http/acceptor.h"
#include "infra/http/drainer.h"
#include "infra/http/front.h"
#include "infra/http/worker.h"

namespace contacts::http {
namespace {

// Lets the process have as many descriptors as it needs, and no more connections than it can have.
size_t ConnectionsThatFit(const ServerOptions& options) {
  const size_t wanted = options.max_connections;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
  // The spare ones are free beyond those that are in use already.
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
      : front_(std::make_shared<Front>(std::move(options), std::move(router))),
        drainer_(std::make_shared<Drainer>()),
        crew_(std::make_shared<Crew>(front_, drainer_)),
        acceptor_(front_->options.name, front_->options.listen, front_->options.spare_descriptors) {
    drainer_->Start([crew = crew_.get()] { crew->RingAll(); });
    StartWorkers();
    acceptor_.Start([this](int fd) {
      workers_[static_cast<size_t>(fd) % workers_.size()]->handleNewPeer(
          Pistache::Tcp::Peer::Create(fd, Pistache::Address()));
    });
  }

  ~State() {
    Drain(std::chrono::milliseconds(0));
    reactor_->shutdown();
    reactor_.reset();  // joins the workers
    drainer_->Stop();
    for (const auto& connection : drainer_->Everyone()) {
      connection->Closed();
      drainer_->Forget(*connection);
      close(connection->descriptor());
    }
    crew_->DropCalls();
  }

  uint16_t port() const { return acceptor_.port(); }
  void Tune(const ServerOptions& options) { front_->tuning.Replace(Tuning(options)); }
  void Leave() { front_->leaving = true; }
  std::string Trouble() const { return acceptor_.Trouble(); }

  ServerCounts counts() const {
    return {front_->connections, front_->under_way, front_->held_bytes, front_->unsent_bytes,
            front_->turned_away, front_->cut,       acceptor_.pauses()};
  }

  bool Drain(std::chrono::milliseconds deadline) {
    front_->BeginDrain(std::chrono::steady_clock::now());
    acceptor_.Stop();
    for (const auto& connection : drainer_->Everyone()) connection->CloseIfIdle();
    std::unique_lock lock(front_->drained_mutex);
    const bool all =
        front_->drained.wait_for(lock, deadline, [&] { return front_->under_way == 0; });
    if (!all) front_->cut += front_->under_way;
    return all;
  }

 private:
  // Does as Pistache's Listener does, without its accepting loop.
  void StartWorkers() {
    const auto threads = static_cast<size_t>(front_->options.threads);
    reactor_->init(Pistache::Aio::AsyncContext(threads, "http"));
    const auto key = reactor_->addHandler(std::make_shared<Worker>(crew_));
    for (const auto& handler : reactor_->handlers(key)) {
      workers_.push_back(static_cast<Worker*>(handler.get()));
    }
    reactor_->run();
    crew_->WaitUntilRunning(threads);
  }

  const std::shared_ptr<Front> front_;
  const std::shared_ptr<Drainer> drainer_;
  const std::shared_ptr<Crew> crew_;
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
