// The map of the program: configuration → adapters → instance → handlers → routes → run.
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <variant>

#include "events/values/hash.h"
#include "infra/api/routes.h"
#include "infra/base/health_watch.h"
#include "infra/base/heartbeat.h"
#include "infra/base/private_process.h"
#include "infra/base/secret_file.h"
#include "infra/base/start_failure.h"
#include "infra/cli/command_line.h"
#include "infra/cli/run_check.h"
#include "infra/cli/run_operation.h"
#include "infra/cli/write_schemas.h"
#include "infra/node/erase_again.h"
#include "infra/node/open_sessions.h"
#include "infra/node/own_files.h"
#include "infra/node/serve.h"

namespace contacts {
namespace {

std::string FromEnvironment(const std::string& name) {
  const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): none is set
  return value == nullptr ? "" : value;
}

std::vector<std::string> NamesOfVariables() {
  std::vector<std::string> names;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    const std::string_view text = *variable;
    names.emplace_back(text.substr(0, text.find('=')));
  }
  return names;
}

// Derived from the session secret, so that it is the same at every start and need not be stored.
std::string DemoPassword(const Config& config, const SessionOptions& sessions) {
  if (!config.demo) return "";
  const std::string chosen = FromEnvironment("CONTACTS_DEMO_PASSWORD");
  if (!chosen.empty()) return chosen;
  return ToHex(HmacSha256(sessions.secrets.first(), "demonstration")).substr(0, 16);
}

int Serve(const cli::CommandLine& line, const Reload::Reader& read_again) {
  const Config& config = line.config;
  Signals signals;
  if (!cli::MayStart(line)) return 1;
  if (const auto owner = WorkAsOwnerOf(config.data); !owner.ok()) return Fail(owner.error());
  auto directory = DataDirectory::Open(config.data);
  if (!directory.ok()) return Fail(directory.error());
  const auto session_options = SessionOptionsOf(config, **directory);
  if (!session_options.ok()) return Fail(session_options.error());

  // Adapters and instance: log → projector → views, command → writer → log.
  auto opened = Node::Open(std::move(*directory), config);
  if (!opened.ok()) return Fail(opened.error());
  Node& node = **opened;
  if (const auto erased = EraseAgain(node); !erased.ok()) return Fail(erased.error());
  const auto opened_sessions = OpenSessions(config, *session_options, node);
  if (!opened_sessions.ok()) return Fail(opened_sessions.error());
  Sessions& sessions = *opened_sessions->sessions;

  // Handlers.
  const auto status = [&node] { return node.status(); };
  node.AddCheck({"sessions", HealthCheck::Weight::kNotReady, opened_sessions->trouble});
  node.AddCheck({"threads", HealthCheck::Weight::kNotReady, &Heartbeats::WhyNot});
  const std::string token = NewSecret();
  AdminRoutes admin_routes(node.operations, node.metrics, node.health, status, token);
  try {
    api::ApiContext context{node.commands,  node.views, *node.backends.keyring,
                            node.positions, sessions,   node.passwords,
                            status};
    SetOptions(config, &node.key_keeper, &context);
    context.changes = &node.changes;
    context.unready = [&node](const TenantId& tenant) { return node.instance.Unready(tenant); };
    api::Api api(context);

    // Routes.
    const StopsWork before_the_api_goes(node);
    node.cleaning.OnErased([&api, &sessions](const TenantId& tenant) {
      api.Forget(tenant);
      sessions.DropRemembered();
    });
    http::Server front(FrontOptions(config, node.metrics),
                       http::Router(api.Routes(), {"", "/api"}, context.allowed_origins));
    AddServerMetrics(front, api, &node.metrics);
    node.AddCheck(DescriptorsOf(front));
    std::atomic<bool> demo_filled{!config.demo};
    if (config.demo) node.AddCheck(DemonstrationOf(demo_filled));
    Reload reload(config,
                  {*node.directory, session_options->secrets, opened_sessions->use_tls,
                   node.backends.wrapped, context.allowed_origins, front, node.metrics},
                  read_again);
    node.AddCheck(
        {"settings", HealthCheck::Weight::kWarning, [&reload] { return reload.Fault(); }});
    http::Server admin(AdminOptions(config), http::Router(admin_routes.Routes(), {""}));
    const HealthWatch watch(node.health);  // asks the front, too
    return RunUntilSignal({config, node, admin_routes, admin, front, signals, reload, token,
                           DemoPassword(config, *session_options), demo_filled});
  } catch (const std::runtime_error& failure) {
    return Fail(StartFailure(failure));
  }
}

int ServeOrSayWhyNot(const cli::CommandLine& line, const Reload::Reader& read_again) {
  try {
    return Serve(line, read_again);
  } catch (const std::runtime_error& failure) {
    return Fail(StartFailure(failure));
  }
}

int Main(const std::vector<std::string>& arguments) {
  if (!arguments.empty() && arguments[0] == "serve") Signals::HoldHangups();
  auto parsed = cli::ParseCommandLine(arguments, FromEnvironment, NamesOfVariables());
  if (const auto* usage = std::get_if<cli::Usage>(&parsed)) {
    (usage->exit_code == 0 ? std::cout : std::cerr) << usage->text;
    return usage->exit_code;
  }
  auto& line = std::get<cli::CommandLine>(parsed);
  log::Start(line.config.log_format);
  log::ShowFrom(line.config.log_level);
  using enum cli::Verb;
  if (line.verb == kServe || line.verb == kOperate || line.verb == kCheck) KeepPrivate();
  switch (line.verb) {
    case cli::Verb::kServe:
      return cli::LeaveWhatHangs(ServeOrSayWhyNot(
          line, [&arguments] { return cli::ReadSettingsAgain(arguments, FromEnvironment); }));
    case cli::Verb::kCheck:
      return cli::RunCheck(line);
    case cli::Verb::kVersion:
      std::cout << "contacts " << CONTACTS_VERSION << "\n";
      return 0;
    case cli::Verb::kSchemas:
      return cli::WriteSchemas(line.directory);
    case cli::Verb::kOperate:
      return cli::RunOperation(std::move(line));
  }
  return 2;
}

}  // namespace
}  // namespace contacts

int main(int count, char** arguments) { return contacts::Main({arguments + 1, arguments + count}); }
