#include "infra/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <utility>

#include "events/values/utf8.h"
#include "infra/cli/layers.h"
#include "infra/cli/settings.h"

namespace contacts::cli {
namespace {

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

// A parser with its results, which must not move once options point into them.
struct Parser {
  CLI::App app{"An event-sourced contact directory.", "contacts"};
  SettingOptions settings;
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
  settings.AddTo(verb, Setting::Of::kAll);
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
  settings.AddTo(serve, Setting::Of::kAll);
  settings.AddTo(serve, Setting::Of::kServe);
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
  line.config = settings.Result();
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

// The words of a verb that takes settings; 0: it takes none.
size_t VerbWords(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0].rfind('-', 0) == 0) return 0;
  const std::string& first = arguments[0];
  if (first == "version" || first == "schemas") return 0;
  return first == "user" || first == "token" || first == "tenant" ? 2 : 1;
}

}  // namespace

std::variant<CommandLine, Usage> ParseCommandLine(
    const std::vector<std::string>& arguments,
    const std::function<std::string(const std::string&)>& environment) {
  const auto parser = std::make_unique<Parser>();
  try {
    std::vector<std::string> layered = arguments;
    if (const size_t words = VerbWords(arguments); words > 0) {
      layered = Layered(arguments, words, environment);
    }
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
