#include "infra/cli/operation_options.h"

#include <CLI/CLI.hpp>
#include <stdexcept>
#include <string>
#include <string_view>

namespace contacts::cli {
namespace {

constexpr std::pair<const char*, const char*> kGroups[] = {
    {"user", "Add, list and change users"},
    {"token", "Issue, list and revoke tokens for machines"},
    {"address", "List and unlock addresses with too many failed log-ins"},
    {"tenant", "List and limit tenants"},
    {"secrets", "Encrypt the store of secrets"}};

const CLI::Validator kTenant([](std::string& text) { return TenantFault(text); }, "TENANT");

bool IsWhole(const std::string& text) {
  return !text.empty() && text.size() <= 15 &&
         text.find_first_not_of("0123456789") == std::string::npos;
}

const CLI::Validator kLimit(
    [](std::string& text) {
      return IsWhole(text) || text == "none" ? std::string()
                                             : std::string("must be a whole number, or none");
    },
    "NUMBER|none");

const CLI::Validator kSequence(
    [](std::string& text) {
      return IsWhole(text) && text.find_first_not_of('0') != std::string::npos
                 ? std::string()
                 : std::string("must be a whole number, 1 or more");
    },
    "NUMBER");

using Text = std::optional<std::string> OpsRequest::*;
using Number = std::optional<int64_t> OpsRequest::*;
using Flag = std::optional<bool> OpsRequest::*;

CLI::Option* AddText(CLI::App* verb, const Argument& argument, OpsRequest* request) {
  const Text member = std::get<Text>(argument.member);
  return verb->add_option_function<std::string>(
      argument.typed,
      [member, request](const std::string& text) {
        if (!text.empty()) request->*member = text;
      },
      argument.help);
}

CLI::Option* AddSequence(CLI::App* verb, const Argument& argument, OpsRequest* request) {
  const Number member = std::get<Number>(argument.member);
  return verb
      ->add_option_function<std::string>(
          argument.typed,
          [member, request](const std::string& text) { request->*member = std::stoll(text); },
          argument.help)
      ->check(kSequence);
}

CLI::Option* AddLimit(CLI::App* verb, const Argument& argument, OpsRequest* request) {
  const Number member = std::get<Number>(argument.member);
  return verb
      ->add_option_function<std::string>(
          argument.typed,
          [member, request](const std::string& text) {
            if (text != "none") request->*member = std::stoll(text);
          },
          argument.help)
      ->check(kLimit);
}

void AddArgument(CLI::App* verb, const Argument& argument, CommandLine* line) {
  OpsRequest* request = &line->request;
  CLI::Option* option = nullptr;
  switch (argument.kind) {
    case Argument::Kind::kPassword:
      verb->parse_complete_callback([line] { line->wants_password = true; });
      return;
    case Argument::Kind::kFlag: {
      const Flag member = std::get<Flag>(argument.member);
      verb->add_flag_callback(
          argument.typed, [member, request] { request->*member = true; }, argument.help);
      return;
    }
    case Argument::Kind::kText:
      option = AddText(verb, argument, request);
      break;
    case Argument::Kind::kTenant:
      option = AddText(verb, argument, request)->check(kTenant);
      break;
    case Argument::Kind::kSequence:
      option = AddSequence(verb, argument, request);
      break;
    case Argument::Kind::kLimit:
      option = AddLimit(verb, argument, request);
      break;
  }
  if (*argument.called != '\0') option->required();
  if (!argument.choices.empty()) option->check(CLI::IsMember(argument.choices));
}

// A group without its row here fails in each run of the program, so a test finds it.
std::string HelpOfGroup(const std::string& group) {
  for (const auto& [first, help] : kGroups) {
    if (group == first) return help;
  }
  throw std::logic_error("kGroups has no row for the verbs " + group + " …");
}

// The program, or the group that the verb's first word names, which is made for its first verb.
CLI::App* ParentOf(CLI::App* app, const std::string& words, std::string* name) {
  const size_t space = words.find(' ');
  *name = space == std::string::npos ? words : words.substr(space + 1);
  if (space == std::string::npos) return app;
  const std::string group = words.substr(0, space);
  for (CLI::App* made : app->get_subcommands([](const CLI::App*) { return true; })) {
    if (made->get_name() == group) return made;
  }
  CLI::App* made = app->add_subcommand(group, HelpOfGroup(group));
  made->require_subcommand(1);
  return made;
}

}  // namespace

void AddOperations(CLI::App* app, SettingOptions* settings, CommandLine* line) {
  for (const Operation& operation : AllOperations()) {
    std::string name;
    CLI::App* parent = ParentOf(app, operation.verb, &name);
    CLI::App* verb = parent->add_subcommand(name, operation.help);
    settings->AddTo(verb, Setting::Verbs::kAll);
    verb->add_flag("--json", line->json, "Print JSON, for programs");
    verb->callback([line, &operation] {
      line->verb = Verb::kOperate;
      line->request.operation = NameOf(operation);
    });
    for (const Argument& argument : operation.arguments) AddArgument(verb, argument, line);
  }
}

size_t WordsOfVerb(const std::string& first) {
  for (const Operation& operation : AllOperations()) {
    if (std::string_view(operation.verb).starts_with(first + ' ')) return 2;
  }
  return 1;
}

}  // namespace contacts::cli
