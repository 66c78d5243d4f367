#include "infra/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <fstream>
#include <memory>
#include <utility>

#include "events/values/utf8.h"
#include "infra/cli/session_settings.h"

namespace contacts::cli {
namespace {

// The settings, as they are typed. CLI11 checks them, ToConfig turns them into a Config.
struct Settings {
  Config config;
  std::string tenant;
  std::string proxies;
  std::string origins;
  std::string log = "embedded";
  std::string log_format = "text";
  int64_t lock = config.login_lock.count();
  SessionSettings sessions;
};

// The elements of a list with commas, trimmed; empty ones left out.
std::vector<std::string> Listed(const std::string& text) {
  std::vector<std::string> elements;
  for (std::string& element : CLI::detail::split(text, ',')) {
    CLI::detail::trim(element);
    if (!element.empty()) elements.push_back(std::move(element));
  }
  return elements;
}

const CLI::Validator kTenant(
    [](std::string& text) {
      return IsTenantId(text) ? std::string()
                              : "a tenant has 1 to 64 letters, digits, '.', '_' or '-', and starts "
                                "with a letter or digit";
    },
    "TENANT");

const CLI::Validator kLimit(
    [](std::string& text) {
      const bool whole = !text.empty() && text.size() <= 15 &&
                         text.find_first_not_of("0123456789") == std::string::npos;
      return whole || text == "none" ? std::string()
                                     : std::string("must be a whole number, or none");
    },
    "NUMBER|none");

const CLI::Validator kLog(
    [](std::string& text) {
      if (text == "embedded" || text == "kafka") return std::string();
      return std::string("must be embedded or kafka");
    },
    "embedded|kafka");

void AddCommonSettings(CLI::App* verb, Settings* s) {
  verb->add_option("--data", s->config.data, "Directory of this instance")
      ->type_name(kDirectory)
      ->capture_default_str();
  verb->add_option("--log", s->log, "Where the history is kept")
      ->check(kLog)
      ->capture_default_str();
  Config* c = &s->config;
  verb->add_option("--kafka-config", c->kafka_config,
                   "File of librdkafka's keys, key=value: bootstrap.servers, SASL, TLS")
      ->type_name(kFile);
  verb->add_option("--kafka-topic", c->kafka_topic, "The topic that is the log")
      ->capture_default_str();
  verb->add_option("--kafka-partitions", c->kafka_partitions,
                   "Partitions of a topic that is made; never to be changed")
      ->check(CLI::Range(1, 10000))
      ->capture_default_str();
  verb->add_option("--kafka-replication-factor", c->kafka_replication_factor,
                   "Replicas of a topic that is made [the cluster's default]")
      ->check(CLI::Range(1, 100));
  verb->add_option("--kafka-min-insync-replicas", c->kafka_min_insync_replicas,
                   "Replicas that must have a write before it counts, of a topic that is made [2 "
                   "when there are so many]")
      ->check(CLI::Range(1, 100));
  verb->add_option("--log-format", s->log_format, "Log lines on stderr: text or json")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  verb->add_option("--config", "File of settings (TOML or INI): listen = \"…\"")->type_name(kFile);
}

void AddServeSettings(CLI::App* serve, Settings* s) {
  Config* c = &s->config;
  serve->add_option("--listen", c->listen, "Address of the API; port 0 takes a free one")
      ->capture_default_str();
  serve
      ->add_option("--admin-listen", c->admin_listen,
                   "Address of health, metrics and operations; keep it private")
      ->capture_default_str();
  serve->add_option("--default-tenant", s->tenant, "Tenant of a login that names none")
      ->check(kTenant);
  serve->add_option("--threads", c->threads, "Threads of the API")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  serve->add_option("--trusted-proxies", s->proxies,
                    "Addresses or CIDR, separated by commas, whose X-Forwarded-* headers count");
  serve->add_option("--allowed-origins", s->origins,
                    "Origins, separated by commas, whose pages may use the API with their users' "
                    "cookies (CORS) [none]");
  serve
      ->add_option("--login-failures", c->login_failures,
                   "Failed log-ins in a row that lock an account, or an address")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  serve->add_option("--login-lock-seconds", s->lock, "Seconds that such a lock lasts")
      ->check(CLI::Range(int64_t{1}, int64_t{24} * 3600))
      ->capture_default_str();
  serve
      ->add_option("--tenant-requests-per-second", c->tenant_requests_per_second,
                   "Requests a second that a tenant may make of this instance [any number]")
      ->check(CLI::Range(0, 1'000'000));
  s->sessions.AddTo(serve, c);
  serve->add_flag("--access-log,!--no-access-log", c->access_log, "Log each request")
      ->capture_default_str();
  serve->add_flag("--demo", c->demo,
                  "Make a tenant `demo` with users and contacts, and log in to it by default");
}

// A parser with its results, which must not move once options point into them.
struct Parser {
  CLI::App app{"An event-sourced contact directory.", "contacts"};
  Settings settings;
  CommandLine line;
  std::string tenant;
  std::string username;
  std::string role;
  std::string chain_parent;
  std::string reason;
  std::string token_name;
  std::string scope;
  std::string expires;
  std::string contacts;
  int64_t from = 1;
  int64_t to = 0;
  bool digest = false;

  Parser();
  CLI::App* AddOperation(CLI::App* parent, const std::string& name, const std::string& operation,
                         const std::string& description);
  void AddUserVerbs();
  void AddTokenVerbs();
  void AddTenantVerbs();
  void FillRequest();
};

CLI::App* Parser::AddOperation(CLI::App* parent, const std::string& name,
                               const std::string& operation, const std::string& description) {
  CLI::App* verb = parent->add_subcommand(name, description);
  AddCommonSettings(verb, &settings);
  verb->callback([this, operation] {
    line.verb = Verb::kOperate;
    line.request.operation = operation;
  });
  return verb;
}

void Parser::AddUserVerbs() {
  CLI::App* user = app.add_subcommand("user", "Add, list and change who may log in");
  user->require_subcommand(1);
  struct UserVerb {
    const char *name, *description;
    bool names_user, names_role, wants_password;
  };
  static constexpr UserVerb kVerbs[] = {
      {"add", "Add a user; the password is read from stdin or asked for", true, true, true},
      {"list", "List the tenant's users", false, false, false},
      {"passwd", "Set a password, read from stdin or asked for; ends the user's sessions", true,
       false, true},
      {"disable", "Keep a user from logging in; ends the user's sessions", true, false, false},
      {"enable", "Let a disabled user log in again", true, false, false},
      {"logout", "End all sessions of a user that began here", true, false, false},
      {"role", "Give a user another role", true, true, false},
      {"invite", "Print a link by which a user sets a password, once, within 7 days", true, false,
       false}};
  for (const UserVerb& v : kVerbs) {
    CLI::App* verb = AddOperation(user, v.name, std::string("user-") + v.name, v.description);
    verb->add_option("--tenant", tenant, "Whose user")->required()->check(kTenant);
    if (v.names_user) verb->add_option("username", username, "User name")->required();
    if (v.names_role) {
      verb->add_option("--role", role, "admin, consultant, member, client, auditor or another")
          ->required();
    }
    if (v.wants_password) {
      verb->parse_complete_callback([this] { line.wants_password = true; });
    }
  }
}

void Parser::AddTokenVerbs() {
  CLI::App* token = app.add_subcommand("token", "Give out, list and revoke machines' tokens");
  token->require_subcommand(1);
  CLI::App* add = AddOperation(token, "add", "token-add",
                               "Print a token for `Authorization: Bearer`; it is shown this once");
  add->add_option("--scope", scope, "What it may do: read, write or audit")
      ->required()
      ->check(CLI::IsMember({"read", "write", "audit"}));
  add->add_option("--expires", expires, "Until when: 90d, 12h, 30m or 2027-01-31T00:00:00Z [ever]");
  CLI::App* list = AddOperation(token, "list", "token-list", "List the tenant's tokens");
  CLI::App* revoke = AddOperation(token, "revoke", "token-revoke", "End a token, at once");
  for (CLI::App* verb : {add, list, revoke}) {
    verb->add_option("--tenant", tenant, "Whose token")->required()->check(kTenant);
    if (verb != list) verb->add_option("name", token_name, "Name of the token")->required();
  }
}

void Parser::AddTenantVerbs() {
  CLI::App* verbs = app.add_subcommand("tenant", "List and limit tenants");
  verbs->require_subcommand(1);
  AddOperation(verbs, "list", "tenant-list", "List the tenants");
  CLI::App* limit = AddOperation(verbs, "limit", "tenant-limit", "Limit a tenant");
  limit->add_option("tenant", tenant, "Which tenant")->required()->check(kTenant);
  limit->add_option("--contacts", contacts, "How many contacts it may have, or none for no limit")
      ->required()
      ->check(kLimit);
}

Parser::Parser() {
  app.require_subcommand(1);
  app.option_defaults()->take_last();
  CLI::App* serve = app.add_subcommand("serve", "Serve the API until SIGTERM");
  AddCommonSettings(serve, &settings);
  AddServeSettings(serve, &settings);
  serve->callback([this] { line.verb = Verb::kServe; });
  serve->footer(
      "Each setting is also a variable, CONTACTS_LISTEN for --listen, and a key of the file that\n"
      "--config names. What is typed counts before the variable, the variable before the file.");
  AddUserVerbs();
  AddTokenVerbs();
  AddTenantVerbs();
  CLI::App* history = AddOperation(&app, "export", "export",
                                   "Print the very records of a tenant's history, one a line");
  history->add_option("--tenant", tenant, "Whose history")->required()->check(kTenant);
  history->add_option("--from", from, "First sequence")->check(CLI::PositiveNumber);
  history->add_option("--to", to, "Last sequence [the newest]")->check(CLI::PositiveNumber);
  CLI::App* status = AddOperation(&app, "status", "status", "Print the state as JSON");
  status->add_flag("--digest", digest, "With the digest of the views; reads all of them");
  CLI::App* disown = AddOperation(
      &app, "disown", "disown",
      "Say that entries of the log, chained on one that is not there, are none of a tenant's "
      "history; it takes writes again");
  disown->add_option("--tenant", tenant, "Whose history")->required()->check(kTenant);
  disown
      ->add_option("parent", chain_parent, "The hash that they are chained on, as status shows it")
      ->required();
  disown->add_option("--reason", reason, "Why; kept in the record");
  AddOperation(&app, "rebuild", "rebuild",
               "Throw the views away and make them anew from the log, with no server running");
  CLI::App* schemas = app.add_subcommand(
      "schemas", "Write the JSON Schemas and the AsyncAPI document of the event stream");
  schemas->add_option("directory", line.directory, "Where to")->type_name(kDirectory)->required();
  schemas->callback([this] { line.verb = Verb::kSchemas; });
  app.add_subcommand("version", "Print the version")->callback([this] {
    line.verb = Verb::kVersion;
  });
}

void Parser::FillRequest() {
  Config& config = settings.config;
  if (!settings.tenant.empty()) config.default_tenant = TenantId{settings.tenant};
  config.trusted_proxies = Listed(settings.proxies);
  config.allowed_origins = Listed(settings.origins);
  config.login_lock = std::chrono::seconds(settings.lock);
  settings.sessions.Fill(&config);
  config.log = settings.log == "kafka" ? Config::Log::kKafka : Config::Log::kEmbedded;
  if (config.log == Config::Log::kKafka && config.kafka_config.empty()) {
    throw CLI::ValidationError("--kafka-config", "names the brokers: --log kafka needs it");
  }
  config.log_format = settings.log_format == "json" ? log::Format::kJson : log::Format::kText;
  if (config.demo && !config.default_tenant) config.default_tenant = TenantId{"demo"};
  line.config = config;
  if (!tenant.empty()) line.request.tenant = tenant;
  if (!username.empty()) line.request.username = username;
  if (!role.empty()) line.request.role = role;
  if (!token_name.empty()) line.request.name = token_name;
  if (!scope.empty()) line.request.scope = scope;
  if (!expires.empty()) line.request.expires = expires;
  if (!contacts.empty() && contacts != "none") line.request.contacts = std::stoll(contacts);
  if (line.request.operation == "export") {
    line.request.from = from;
    if (to > 0) line.request.to = to;
  }
  if (digest) line.request.digest = true;
  if (!chain_parent.empty()) line.request.parent = chain_parent;
  if (!reason.empty()) line.request.reason = reason;
}

// Names of files are any bytes. All else ends in records and answers, which are UTF-8; `--name` may
// stand for the variable or the key of the file that gave the value.
void CheckUtf8(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    const std::string type = option->get_type_name();
    if (type == kFile || type == kDirectory) continue;
    for (const std::string& value : option->results()) {
      if (IsUtf8(value)) continue;
      throw CLI::ValidationError(option->get_name(), "'" + value + "' is not valid UTF-8");
    }
  }
  for (const CLI::App* verb : app.get_subcommands()) CheckUtf8(*verb);
}

using Environment = std::function<std::string(const std::string&)>;

std::string VariableOf(const std::string& flag) {
  std::string name = "CONTACTS_";
  for (const char c : flag) {
    name += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return name;
}

std::string ConfigPath(const std::vector<std::string>& arguments, const Environment& environment) {
  std::string path = environment("CONTACTS_CONFIG");
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--config" && i + 1 < arguments.size()) path = arguments[i + 1];
    if (arguments[i].rfind("--config=", 0) == 0) path = arguments[i].substr(9);
  }
  return path;
}

// The settings that a verb takes from file and environment: its long options but --config.
std::vector<std::string> SettingsOf(const Settings& shape, bool serve) {
  CLI::App verb;
  Settings settings = shape;
  AddCommonSettings(&verb, &settings);
  if (serve) AddServeSettings(&verb, &settings);
  std::vector<std::string> names;
  for (const CLI::Option* option : verb.get_options()) {
    if (!option->get_lnames().empty() && option->get_lnames()[0] != "config" &&
        option->get_lnames()[0] != "help") {
      names.push_back(option->get_lnames()[0]);
    }
  }
  return names;
}

// `--name=value` for each setting of the file; throws CLI::ParseError for what is no setting.
void AppendFile(const std::string& path, const std::vector<std::string>& taken,
                const std::vector<std::string>& known, std::vector<std::string>* out) {
  std::ifstream file(path);
  if (!file) throw CLI::FileError::Missing(path);
  for (const CLI::ConfigItem& item : CLI::ConfigTOML().from_config(file)) {
    if (item.name == "++" || item.name == "--") continue;  // a section's begin and end
    if (!item.parents.empty() || std::find(known.begin(), known.end(), item.name) == known.end()) {
      throw CLI::ConfigError(path + ": there is no setting '" + item.fullname() + "'");
    }
    if (std::find(taken.begin(), taken.end(), item.name) == taken.end()) continue;
    std::string value;
    for (const std::string& input : item.inputs) value += (value.empty() ? "" : ",") + input;
    out->push_back("--" + item.name + "=" + value);
  }
}

// File, then environment, then what was typed: the last one counts.
std::vector<std::string> Layered(const std::vector<std::string>& arguments,
                                 const Environment& environment) {
  if (arguments.empty() || arguments[0].rfind('-', 0) == 0) return arguments;
  const std::string& first = arguments[0];
  const size_t verb_words = first == "user" || first == "token" || first == "tenant" ? 2 : 1;
  const bool settled = first == "version" || first == "schemas";
  if (arguments.size() < verb_words || settled) return arguments;
  const std::vector<std::string> all = SettingsOf({}, true);
  const std::vector<std::string> taken = SettingsOf({}, arguments[0] == "serve");
  std::vector<std::string> layered(arguments.begin(),
                                   arguments.begin() + static_cast<ptrdiff_t>(verb_words));
  const std::string path = ConfigPath(arguments, environment);
  if (!path.empty()) AppendFile(path, taken, all, &layered);
  for (const std::string& name : taken) {
    const std::string value = environment(VariableOf(name));
    if (!value.empty()) layered.push_back("--" + name + "=" + value);
  }
  layered.insert(layered.end(), arguments.begin() + static_cast<ptrdiff_t>(verb_words),
                 arguments.end());
  return layered;
}

}  // namespace

std::variant<CommandLine, Usage> ParseCommandLine(
    const std::vector<std::string>& arguments,
    const std::function<std::string(const std::string&)>& environment) {
  const auto parser = std::make_unique<Parser>();
  try {
    std::vector<std::string> layered = Layered(arguments, environment);
    std::reverse(layered.begin(), layered.end());  // as CLI11 wants them
    parser->app.parse(std::move(layered));
    CheckUtf8(parser->app);
    parser->FillRequest();
  } catch (const CLI::Success&) {
    const CLI::App* shown = &parser->app;
    while (!shown->get_subcommands().empty()) shown = shown->get_subcommands().front();
    return Usage{shown->help(), 0};
  } catch (const CLI::ParseError& error) {
    return Usage{MendUtf8(error.what()) + "\nTry: contacts --help\n", 2};
  }
  return parser->line;
}

}  // namespace contacts::cli
