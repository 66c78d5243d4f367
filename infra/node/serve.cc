#include "infra/node/serve.h"

#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <iostream>
#include <thread>

#include "infra/base/log.h"
#include "infra/base/secret_file.h"
#include "infra/node/demo.h"

namespace contacts {
namespace {

constexpr std::chrono::seconds kDrain{30};
constexpr std::chrono::seconds kStop{15};
constexpr std::chrono::seconds kLetGo{10};
constexpr std::chrono::milliseconds kLook{100};  // between two looks for a fault

// host:port with the port that was taken; a wildcard is shown as this machine.
std::string ShownAddress(const std::string& listen, uint16_t port) {
  std::string host = listen.substr(0, listen.rfind(':'));
  if (host.empty() || host == "0.0.0.0" || host == "*") host = "127.0.0.1";
  if (host == "[::]") host = "[::1]";
  return host + ":" + std::to_string(port);
}

Result<bool> Announce(const Running& running) {
  const Config& config = running.config;
  const std::string front = ShownAddress(config.listen, running.front.port());
  const std::string admin = ShownAddress(config.admin_listen, running.admin.port());
  std::string welcome;
  if (!running.demo_password.empty()) {
    const auto made =
        MakeDemo(running.node.commands, running.node.passwords, running.demo_password);
    if (!made.ok()) return made;
    running.demo_filled = true;
    const std::string cookies = running.node.directory->PathOf("demo.cookies");
    if (!std::filesystem::exists(cookies)) {  // curl keeps the mode of a file that is there
      if (const auto wrote = WriteSecretFile(cookies, ""); !wrote.ok()) return wrote;
    }
    welcome = DemoWelcome("http://" + front + "/api", running.demo_password, cookies);
  }
  running.signals.Serving();
  std::cout << "contacts " << CONTACTS_VERSION << " serves http://" << front << "/api\n"
            << "Health, metrics and operations at http://" << admin << "\n"
            << welcome << std::flush;
  return true;
}

// All is answered and on disk. librdkafka may wait for ever on a broker's thread when a topic was
// deleted while it was used; that must keep neither the process nor the directory's lock.
void EndSoon(int code) {
  std::thread([code] {
    std::this_thread::sleep_for(kLetGo);
    _exit(code);
  }).detach();
}

// Returns at a signal, or at a fault that only a restart mends.
Result<int> WaitForTheEnd(const Running& running) {
  bool announced = false;
  while (true) {
    const InstanceStatus status = running.node.instance.status();
    // Views that can be read are still served, once they have been served at all.
    const bool ends = running.config.log == Config::Log::kEmbedded || !announced;
    if (ends && status.standing_still == running.node.instance.partitions()) {
      return Error{ErrorCode::kUnavailable, status.fault};
    }
    if (!running.node.directory->IsThere()) {
      return Error{ErrorCode::kUnavailable,
                   "the directory " + running.node.directory->path() +
                       " was removed or renamed while it was used: what is written now is lost "
                       "with it; bring it back"};
    }
    if (running.node.backends.room_again()) {
      return Error{ErrorCode::kUnavailable,
                   "the disk was full and has room again; the next start goes on from there"};
    }
    if (!announced && status.caught_up) {
      announced = true;
      running.node.passwords.replaced().EraseAll();
      if (const auto said = Announce(running); !said.ok()) return said.error();
    }
    if (running.signals.TakeHangup()) running.reload.Run();
    if (const int signal = running.signals.WaitFor(kLook)) return signal;
  }
}

// Gives a balancer, which learns from readiness, time to send its clients elsewhere before any is
// refused. The next signal ends the process, and this wait.
void SendClientsAway(const Running& running) {
  const std::chrono::seconds time = running.reload.lame_duck();
  if (time.count() == 0) return;
  running.front.Leave();
  log::Info("clients are sent away: not ready, still answering",
            {{"seconds", std::to_string(time.count())}});
  std::this_thread::sleep_for(time);
}

}  // namespace

Result<bool> HasDescriptors() {
  // With fewer, the stores and the spare descriptors leave none for clients.
  constexpr rlim_t kLeast = 150;
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_max >= kLeast) return true;
  return Error{ErrorCode::kUnavailable, "The server needs at least " + std::to_string(kLeast) +
                                            " descriptors and may have " +
                                            std::to_string(limit.rlim_max) +
                                            ": raise the limit (ulimit -n, LimitNOFILE=)."};
}

int Fail(const Error& error) {
  log::Error(error.message);
  log::Stop();
  return 1;
}

http::ServerOptions FrontOptions(const Config& config, Metrics& metrics) {
  http::ServerOptions options;
  options.listen = config.listen;
  options.threads = config.threads;
  options.trusted_proxies = config.trusted_proxies;
  options.access_log = config.access_log;
  options.idle_timeout = config.http_idle;
  options.max_head_bytes = static_cast<size_t>(config.http_head_bytes);
  options.max_connections = static_cast<size_t>(config.http_connections);
  if (config.http_connections_per_address >= 0) {
    options.max_connections_per_address = static_cast<size_t>(config.http_connections_per_address);
  }
  options.answered = [&metrics](std::string_view method, std::string_view route, int status,
                                std::chrono::nanoseconds took) {
    metrics.CountRequest(method, route, status, took);
  };
  return options;
}

http::ServerOptions AdminOptions(const Config& config) {
  http::ServerOptions options;
  options.listen = config.admin_listen;
  options.name = "admin";
  options.threads = 1;
  options.max_connections = 100;
  options.spare_descriptors = 512;  // health and operations work when clients have taken all
  options.max_connections_per_address = 0;  // probes, scrapers and operators share one address
  options.answer_timeout = std::chrono::minutes(2);  // as long as `contacts …` waits for it
  options.access_log = false;
  return options;
}

HealthCheck DescriptorsOf(const http::Server& front) {
  return {"descriptors", HealthCheck::Weight::kNotReady, [&front] { return front.Trouble(); }};
}

HealthCheck DemonstrationOf(const std::atomic<bool>& filled) {
  return {"demonstration", HealthCheck::Weight::kNotReady,
          [&filled] { return filled ? std::string() : "the demonstration is being filled"; }};
}

void AddServerMetrics(const http::Server& front, const api::Api& api, Metrics* metrics) {
  const auto gauge = [metrics](const char* name, const char* help, const auto& of, auto member) {
    metrics->AddGauge(name, help,
                      [&of, member] { return static_cast<double>(of.counts().*member); });
  };
  const auto counter = [metrics](const char* name, const char* help, const auto& of, auto member) {
    metrics->AddCounter(name, help,
                        [&of, member] { return static_cast<double>(of.counts().*member); });
  };
  using Http = http::ServerCounts;
  gauge("contacts_http_connections", "Connections of clients", front, &Http::connections);
  gauge("contacts_http_requests_under_way", "Requests not answered whole, or still being handled",
        front, &Http::requests_under_way);
  gauge("contacts_http_request_bytes", "Bytes of bodies that are being read or handled", front,
        &Http::request_bytes);
  gauge("contacts_http_unsent_bytes", "Bytes of answers that clients have not taken", front,
        &Http::unsent_bytes);
  counter("contacts_http_connections_refused_total", "Connections turned away", front,
          &Http::turned_away);
  counter("contacts_http_accept_pauses_total",
          "Times that no client was accepted because descriptors were short", front,
          &Http::accept_pauses);
  using Lists = api::Counts;
  gauge("contacts_list_cache_bytes", "Rendered lists that are kept, except large ones", api,
        &Lists::list_cache_bytes);
  gauge("contacts_list_large_bytes", "Rendered large lists that are kept", api,
        &Lists::large_list_bytes);
  gauge("contacts_list_bytes_alive", "Rendered texts that are kept or being read", api,
        &Lists::list_bytes_alive);
  counter("contacts_list_evictions_total", "Rendered lists that made room for others", api,
          &Lists::list_evictions);
  counter("contacts_list_renderings_total", "Lists that were rendered, whole or in part", api,
          &Lists::list_renderings);
  counter("contacts_list_refusals_total", "Lists refused because a tenant's slow readers hold much",
          api, &Lists::list_refusals);
  gauge("contacts_long_work_waiting", "Requests that wait for a thread to render a long list", api,
        &Lists::long_work_waiting);
}

void SetOptions(const Config& config, KeyKeeper* keys, api::ApiContext* context) {
  context->pseudonym = [keys](const TenantId& tenant, std::string_view id) {
    return keys->Pseudonym(tenant, id);
  };
  context->default_tenant = config.default_tenant;
  context->tenant_requests_per_second = config.tenant_requests_per_second;
  context->allowed_origins = http::AllowedOrigins(config.allowed_origins);
  context->cookie = config.cookie;
}

Result<SessionOptions> SessionOptionsOf(const Config& config, const DataDirectory& directory) {
  const std::string file = SessionSecretFile(config, directory.path());
  auto secrets = config.session_secret_file.empty() ? ReadOrMakeSecrets(file) : ReadSecrets(file);
  if (!secrets.ok()) return secrets.error();
  SessionOptions options;
  options.secrets = std::move(*secrets);
  options.idle = config.session_idle;
  options.absolute = config.session_life;
  options.cookie = config.cookie;
  return options;
}

int RunUntilSignal(const Running& running) {
  const std::string admin = ShownAddress(running.config.admin_listen, running.admin.port());
  const DataDirectory& directory = *running.node.directory;
  running.signals.RemoveAtTheEnd(directory.PathOf("ops.json"));
  const std::string front = ShownAddress(running.config.listen, running.front.port());
  running.node.Serves(front, admin);
  const OpsAddress address{admin, running.token, "", front};
  if (const auto wrote = WriteOpsAddress(directory, address); !wrote.ok()) {
    return Fail(wrote.error());
  }
  log::Info("started", {{"listen", front}, {"admin", admin}});
  // Requests come in from here on. They are answered once all partitions have caught up, which may
  // be before this thread looks again: a signal waits for what is in flight. A demonstration holds
  // no user's writes before it is filled, which may take long.
  if (running.demo_password.empty()) running.signals.Serving();
  const Result<int> ended = WaitForTheEnd(running);
  running.admin_routes.GoDown();
  running.signals.GoingDown();
  if (ended.ok()) {
    log::Info("going down", {{"signal", std::to_string(*ended)}});
    SendClientsAway(running);
  } else {
    log::Error("going down", {{"cause", ended.error().message}});
  }
  size_t cut = running.node.positions.waiting();
  running.node.positions.Stop();
  running.node.changes.Stop();  // those who wait are answered that nothing changed
  bool all_answered = running.front.Drain(kDrain);
  cut += running.front.counts().cut;
  all_answered = running.node.instance.Stop(kStop) && all_answered;
  unlink(directory.PathOf("ops.json").c_str());
  if (!all_answered) log::Warn("not everything in flight was answered in time");
  log::Info("stopped", {{"requests_cut", std::to_string(cut)}});
  log::Stop();
  const int code = ended.ok() ? 0 : 1;
  EndSoon(code);
  return code;
}

}  // namespace contacts
