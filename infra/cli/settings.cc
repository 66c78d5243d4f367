#include "infra/cli/settings.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <exception>
#include <string_view>
#include <utility>

#include "events/values/utf8.h"
#include "infra/node/reload.h"

namespace contacts::cli {
namespace {

std::string HelpOf(const Setting& setting) {
  return setting.otherwise.empty() ? setting.help : setting.help + " [" + setting.otherwise + "]";
}

void AddFlag(CLI::App* verb, const Setting& setting, Config* config) {
  bool& value = setting.flag(config);
  std::string names = std::string("--") + setting.name;
  if (value) names += std::string(",!--no-") + setting.name;  // a flag that is on can be turned off
  CLI::Option* option = verb->add_flag(names, value, HelpOf(setting));
  if (value) option->capture_default_str();
}

void AddOption(CLI::App* verb, const Setting& setting, TypedSettings* typed) {
  typed->config.texts[setting.name] = setting.initial;
  CLI::Option* option = verb->add_option_function<std::string>(
      std::string("--") + setting.name,
      [&setting, typed](const std::string& text) {
        typed->config.texts[setting.name] = text;
        setting.set(text, typed);
      },
      HelpOf(setting));
  option->type_name(setting.type);
  if (setting.check.fault) {
    option->check(CLI::Validator(setting.check.fault, setting.check.described));
  }
  if (!setting.initial.empty()) option->default_str(setting.initial);
}

// A cell of a table; `|` would end it.
std::string Cell(const std::string& text) {
  std::string cell;
  for (const char c : text) cell += c == '|' ? std::string("\\|") : std::string(1, c);
  return cell;
}

constexpr std::pair<Setting::Topic, const char*> kTopics[] = {
    {Setting::Topic::kHistory, "History and data"},
    {Setting::Topic::kKafka, "Kafka"},
    {Setting::Topic::kAddresses, "Addresses and HTTP"},
    {Setting::Topic::kLogIn, "Log-in"},
    {Setting::Topic::kSessions, "Sessions"},
    {Setting::Topic::kCookie, "Session cookie"},
    {Setting::Topic::kLogLines, "Log lines"},
    {Setting::Topic::kSettingsFile, "File of settings"},
    {Setting::Topic::kDemo, "Demonstration"}};

std::string Row(const Setting& setting) {
  Config config;
  std::string initial = setting.otherwise;
  if (!setting.initial.empty()) initial = "`" + setting.initial + "`";
  if (setting.flag) initial = setting.flag(&config) ? "true" : "false";
  const std::vector<std::string_view> reloaded = ReloadedSettings();
  const bool reloads = std::find(reloaded.begin(), reloaded.end(), setting.name) != reloaded.end();
  const std::string more = setting.more.empty() ? "" : "; " + setting.more;
  const auto cell = [](const std::string& cell_text) {
    return " |" + (cell_text.empty() ? "" : " " + Cell(cell_text));
  };
  return std::string("| `--") + setting.name + "` | `" + VariableOf(setting.name) + "`" +
         cell(initial) + cell(reloads ? "yes" : "") + cell(setting.help + more) + " |\n";
}

}  // namespace

std::string VariableOf(const std::string& name) {
  std::string variable = "CONTACTS_";
  for (const char c : name) {
    variable += c == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return variable;
}

std::string SettingsInMarkdown() {
  std::string text;
  for (const auto& [topic, title] : kTopics) {
    text += (text.empty() ? "" : "\n") + std::string("### ") + title + "\n\n" +
            "| flag | variable | default | SIGHUP | meaning |\n|---|---|---|---|---|\n";
    for (const Setting& setting : AllSettings()) {
      if (setting.topic == topic) text += Row(setting);
    }
  }
  return text;
}

const Setting* FindSetting(const std::string& name) {
  for (const Setting& setting : AllSettings()) {
    if (name == setting.name) return &setting;
  }
  return nullptr;
}

std::string FaultOfValue(const Setting& setting, std::string text) {
  // Names of files may be any bytes. All other values end in records and answers, which are UTF-8.
  const bool is_name = setting.type == kFile || setting.type == kDirectory;
  if (!is_name && !IsUtf8(text)) return "the value is not valid UTF-8";
  if (setting.flag) {
    try {
      CLI::detail::to_flag_value(text);
      return "";
    } catch (const std::exception&) {
      return "'" + text + "' is neither true nor false";
    }
  }
  return setting.check.fault ? setting.check.fault(text) : "";
}

void SettingOptions::AddTo(CLI::App* verb, Setting::Verbs verbs) {
  for (const Setting& setting : AllSettings()) {
    if (setting.verbs != verbs) continue;
    if (setting.flag) {
      AddFlag(verb, setting, &typed_.config);
    } else {
      AddOption(verb, setting, &typed_);
    }
  }
}

Config SettingOptions::Result(std::vector<Clash>* clashes) {
  Config& config = typed_.config;
  auto fields =
      SessionFields::Of(typed_.id, typed_.username, typed_.role, typed_.tenant, typed_.contact);
  if (fields.ok()) {
    config.session_fields = *std::move(fields);
  } else {
    clashes->push_back({{"session-id-field", "session-username-field", "session-role-field",
                         "session-tenant-field", "session-contact-field"},
                        fields.error().message});
  }
  if (const auto fault = config.cookie.Fault()) {
    clashes->push_back({{"cookie-same-site", "cookie-secure"}, *fault});
  }
  if (config.log == Config::Log::kKafka && config.kafka_config.empty()) {
    clashes->push_back({{"log"}, "kafka needs --kafka-config, which names the brokers"});
  }
  for (const Setting& setting : AllSettings()) {
    if (setting.flag) config.texts[setting.name] = setting.flag(&config) ? "true" : "false";
  }
  if (config.demo && !config.default_tenant) config.default_tenant = TenantId{"demo"};
  return config;
}

}  // namespace contacts::cli
