#include "infra/cli/command_line.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <sstream>
#include <string_view>
#include <utility>

#include "events/values/unicode.h"
#include "events/values/utf8.h"
#include "infra/base/user_name.h"
#include "infra/cli/layers.h"
#include "infra/cli/operation_options.h"
#include "infra/cli/settings.h"
#include "infra/cli/settings_file.h"
#include "infra/cli/words.h"
#include "infra/ops/operation.h"

namespace contacts::cli {
namespace {

constexpr const char* kSpeaker = "contacts: ";
constexpr const char* kTry = "Try: contacts --help\n";

// A parser with its results, which must not move once options point into them.
struct Parser {
  CLI::App app{"An event-sourced contact directory.", "contacts"};
  SettingOptions settings;
  CommandLine line;

  Parser();
};

Parser::Parser() {
  app.require_subcommand(1);
  app.set_version_flag("-V,--version", "contacts " CONTACTS_VERSION);
  app.option_defaults()->take_last();
  CLI::App* serve = app.add_subcommand("serve", "Serve the API until SIGTERM");
  settings.AddTo(serve, Setting::Verbs::kAll);
  settings.AddTo(serve, Setting::Verbs::kServe);
  serve->callback([this] { line.verb = Verb::kServe; });
  serve->footer(
      "Each setting is also a variable, CONTACTS_LISTEN for --listen, and a key of the file that\n"
      "--config names. A flag counts before the variable, the variable before the file.\n"
      "SIGHUP reads them again; docs/settings.md says which of them count then.");
  CLI::App* check = app.add_subcommand("check", "List all that keeps `serve` from working here");
  settings.AddTo(check, Setting::Verbs::kAll);
  settings.AddTo(check, Setting::Verbs::kServe);
  check->add_flag("--json", line.json, "One JSON object a line");
  check->callback([this] { line.verb = Verb::kCheck; });
  check->footer(
      "It takes the settings of serve, changes nothing, and ends within five seconds: with exit\n"
      "code 1 when it found a fault.");
  AddOperations(&app, &settings, &line);
  CLI::App* schemas = app.add_subcommand(
      "schemas", "Write the JSON Schemas and the AsyncAPI document of the event stream");
  schemas->add_option("directory", line.directory, "Where to write them")
      ->type_name(kDirectory)
      ->required();
  schemas->callback([this] { line.verb = Verb::kSchemas; });
  app.add_subcommand("help", "Show how a verb is used: help user add");
  app.add_subcommand("version", "Print the version")->callback([this] {
    line.verb = Verb::kVersion;
  });
}

// Names of files may be any bytes. All other values end in records and answers, which are UTF-8.
// The error says `--name` also when a variable or the file gave the value.
void CheckUtf8(const CLI::App& app) {
  for (const CLI::Option* option : app.get_options()) {
    const std::string type = option->get_type_name();
    if (type == kFile || type == kDirectory) continue;
    for (const std::string& value : option->results()) {
      if (IsUtf8(value)) continue;
      throw CLI::ValidationError(option->get_name(), "the value is not valid UTF-8");
    }
  }
  for (const CLI::App* verb : app.get_subcommands()) CheckUtf8(*verb);
}

// Without the variable each instance would derive another password from its own secret, and set it
// at each start.
void CheckDemo(const Config& config, const Environment& environment, std::vector<Clash>* clashes) {
  if (!config.demo || config.log != Config::Log::kKafka) return;
  if (!environment("CONTACTS_DEMO_PASSWORD").empty()) return;
  clashes->push_back({{"demo"},
                      "with --log kafka it needs the variable CONTACTS_DEMO_PASSWORD, the same "
                      "for all instances"});
}

// "FILE:3: cookie-secure and --cookie-same-site": the settings of these that have no default.
std::string PlacesOf(const std::vector<std::string>& settings,
                     const std::map<std::string, std::string>& origins) {
  std::string places;
  for (const std::string& setting : settings) {
    const auto origin = origins.find(setting);
    if (origin != origins.end()) places += (places.empty() ? "" : " and ") + origin->second;
  }
  return places.empty() ? "--" + settings.front() : places;
}

// Adds the faults of values that are right each, but do not go together.
void Join(const Environment& environment, Parser* parser) {
  CommandLine& line = parser->line;
  std::vector<Clash> clashes;
  line.config = parser->settings.Result(&clashes);
  CheckDemo(line.config, environment, &clashes);
  for (const Clash& clash : clashes) {
    line.findings.push_back({kConfiguration, Finding::Weight::kFault,
                             PlacesOf(clash.settings, line.origins) + ": " + clash.what, ""});
  }
}

// Shows all faults; `last`, unless empty, is the fault that ended the reading, and says where help
// is.
Usage Wrong(const Findings& findings, const std::string& last) {
  std::string text;
  for (const Finding& finding : findings) {
    if (!finding.is_fault()) continue;
    text += kSpeaker + finding.what + (finding.todo.empty() ? "" : ". " + finding.todo) + "\n";
  }
  text += last.empty() ? kTry : kSpeaker + last + "\n";
  return {unicode::ShowInvisible(MendUtf8(text), "\n"), 2};
}

// A record names the operator who made it: under sudo, the user who called sudo.
void NameOperator(OpsRequest* request, const Environment& environment) {
  const Operation* operation = FindOperation(request->operation);
  if (operation == nullptr || !operation->MakesRecords() || request->as) return;
  if (operation->PlaceOf(*request) == Operation::Place::kReadOnly) return;  // it makes none now
  const std::string caller = environment("SUDO_USER");
  request->as = MendUtf8(caller.empty() ? LoginName(getuid()) : caller);
}

// How many words the verb has; 0: it takes no settings.
size_t VerbWords(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0].rfind('-', 0) == 0) return 0;
  const std::string& first = arguments[0];
  if (first == "version" || first == "schemas") return 0;
  return WordsOfVerb(first);
}

}  // namespace

std::variant<CommandLine, Usage> ParseCommandLine(const std::vector<std::string>& typed,
                                                  const Environment& environment,
                                                  const std::vector<std::string>& variables) {
  if (typed.empty()) return Usage{FirstSteps(), 2};
  const auto parser = std::make_unique<Parser>();
  CommandLine& line = parser->line;
  const std::vector<std::string> arguments = WithHelpFlag(typed, parser->app);
  if (const auto fault = FaultOfVerb(parser->app, arguments)) return Wrong({}, *fault);
  if (const auto fault = FaultOfValues(parser->app, arguments)) return Wrong({}, *fault);
  try {
    std::vector<std::string> layered = arguments;
    if (const size_t words = VerbWords(arguments); words > 0) {
      Layers layers = Layered(arguments, words, environment);
      layered = std::move(layers.arguments);
      line.findings = std::move(layers.faults);
      line.unusable = std::move(layers.unusable);
      line.origins = std::move(layers.origins);
      line.settings_file = std::move(layers.file);
      line.unread = !layers.is_read;
    }
    std::reverse(layered.begin(), layered.end());  // as CLI11 wants them
    parser->app.parse(std::move(layered));
    CheckUtf8(parser->app);
    NameOperator(&line.request, environment);
  } catch (const CLI::CallForVersion& version) {
    return Usage{version.what() + std::string("\n"), 0};
  } catch (const CLI::Success&) {
    return Usage{HelpOf(parser->app), 0};
  } catch (const CLI::ParseError& error) {
    return Wrong(line.findings, Explained(parser->app, error));
  }
  Join(environment, parser.get());
  if (line.verb != Verb::kCheck && !line.findings.empty()) return Wrong(line.findings, "");
  if (line.verb == Verb::kCheck || line.verb == Verb::kServe) {
    const Findings unknown = UnknownVariables(variables);
    line.findings.insert(line.findings.end(), unknown.begin(), unknown.end());
  }
  return line;
}

Result<Config> ReadSettingsAgain(const std::vector<std::string>& arguments,
                                 const Environment& environment) {
  auto parsed = ParseCommandLine(arguments, environment);
  if (auto* line = std::get_if<CommandLine>(&parsed)) return std::move(line->config);
  // The lines for a person at a terminal become one line of the log.
  std::istringstream lines(std::get<Usage>(parsed).text);
  std::string why;
  for (std::string one; std::getline(lines, one);) {
    if (!one.starts_with(kSpeaker)) continue;
    why += (why.empty() ? "" : "; ") + one.substr(std::string_view(kSpeaker).size());
  }
  return Error{ErrorCode::kBadRequest, std::move(why)};
}

}  // namespace contacts::cli
