#include "infra/cli/layers.h"

#include <algorithm>
#include <regex>

#include "infra/base/nearest.h"
#include "infra/cli/settings.h"
#include "infra/cli/settings_file.h"

namespace contacts::cli {
namespace {

constexpr const char* kPrefix = "CONTACTS_";
// The demonstration reads it; it is not a setting because it is a secret.
constexpr const char* kDemoPassword = "CONTACTS_DEMO_PASSWORD";

std::string ConfigPath(const std::vector<std::string>& arguments, const Environment& environment) {
  std::string path = environment("CONTACTS_CONFIG");
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--config" && i + 1 < arguments.size()) path = arguments[i + 1];
    if (arguments[i].rfind("--config=", 0) == 0) path = arguments[i].substr(9);
  }
  return path;
}

class Layering {
 public:
  explicit Layering(const std::vector<std::string>& arguments, size_t verb_words)
      : serves_(arguments[0] == "serve" || arguments[0] == "check"),
        typed_(arguments.begin() + static_cast<ptrdiff_t>(verb_words), arguments.end()) {
    layers_.arguments.assign(arguments.begin(),
                             arguments.begin() + static_cast<ptrdiff_t>(verb_words));
  }

  void AddFile(const std::string& path) {
    layers_.file = path;
    SettingsFile file = ReadSettingsFile(path);
    layers_.is_read = file.is_read;
    layers_.faults = std::move(file.faults);
    layers_.unusable = std::move(file.unusable);
    for (const SettingsFile::Value& value : file.values) {
      const Setting& setting = *FindSetting(value.name);
      if (Takes(setting)) Add(setting, value.text, value.where + ": " + value.name);
    }
  }

  void AddVariables(const Environment& environment) {
    for (const Setting& setting : AllSettings()) {
      if (!Takes(setting)) continue;
      const std::string value = environment(VariableOf(setting.name));
      if (!value.empty()) Add(setting, value, "the variable " + VariableOf(setting.name));
    }
  }

  void AddTyped() {
    for (size_t i = 0; i < typed_.size(); ++i) {
      const std::string& word = typed_[i];
      const size_t equals = word.find('=');
      const Setting* setting =
          word.rfind("--", 0) == 0 ? FindSetting(word.substr(2, equals - 2)) : nullptr;
      const bool apart = equals == std::string::npos;
      // The next word is its value; without one CLI11 says what is missing.
      const bool valued = setting != nullptr && !setting->flag && (!apart || i + 1 < typed_.size());
      if (!valued) {
        layers_.arguments.push_back(word);
        continue;
      }
      const std::string value = apart ? typed_[++i] : word.substr(equals + 1);
      Add(*setting, value, std::string("--") + setting->name);
    }
  }

  Layers Done() { return std::move(layers_); }

 private:
  // The settings that a verb takes from file and variables: all but the file's own name.
  bool Takes(const Setting& setting) const {
    return (serves_ || setting.verbs == Setting::Verbs::kAll) &&
           std::string_view(setting.name) != "config";
  }

  // An empty value is a fault, because CLI11 would take the next word as the value.
  void Add(const Setting& setting, const std::string& value, const std::string& where) {
    const std::string fault = value.empty() ? "has no value" : FaultOfValue(setting, value);
    if (fault.empty()) {
      layers_.arguments.push_back(std::string("--") + setting.name + "=" + value);
      layers_.origins[setting.name] = where;
      return;
    }
    layers_.unusable.insert(setting.name);
    layers_.faults.push_back({kConfiguration, Finding::Weight::kFault, where + ": " + fault,
                              "Correct the value; contacts serve --help says what it may be."});
  }

  const bool serves_;
  const std::vector<std::string> typed_;
  Layers layers_;
};

// Kubernetes sets these variables in each container, for the services of its namespace.
bool IsServiceLink(const std::string& name) {
  static const std::regex pattern(
      "CONTACTS_(.*_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT|PORT_[0-9]+_(TCP|UDP|SCTP)"
      "(_(PROTO|PORT|ADDR))?)");
  return std::regex_match(name, pattern);
}

}  // namespace

Layers Layered(const std::vector<std::string>& arguments, size_t verb_words,
               const Environment& environment) {
  if (arguments.size() < verb_words) return {arguments, {}, {}, {}, "", true};
  Layering layering(arguments, verb_words);
  const std::string path = ConfigPath(arguments, environment);
  if (!path.empty()) layering.AddFile(path);
  layering.AddVariables(environment);
  layering.AddTyped();
  return layering.Done();
}

Findings UnknownVariables(const std::vector<std::string>& names) {
  std::vector<std::string> known = {kDemoPassword};
  for (const Setting& setting : AllSettings()) known.push_back(VariableOf(setting.name));
  Findings warnings;
  const auto warn = [&](std::string what, std::string todo) {
    warnings.push_back(
        {kConfiguration, Finding::Weight::kWarning, std::move(what), std::move(todo)});
  };
  std::string links;
  for (const std::string& name : names) {
    if (name.rfind(kPrefix, 0) != 0) continue;
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    if (IsServiceLink(name)) {
      links += (links.empty() ? "" : ", ") + name;
      continue;
    }
    Nearest meant(name);
    for (const std::string& one : known) meant.Offer(one);
    const std::string& nearest = meant.found();
    warn("the variable " + name + " is not a setting, and is not read",
         nearest.empty() ? "Remove it." : "Did you mean " + nearest + "?");
  }
  if (!links.empty()) {
    warn("variables of a Kubernetes service are not settings, and are not read: " + links,
         "Write enableServiceLinks: false into the pod's spec, or give the service another name.");
  }
  return warnings;
}

}  // namespace contacts::cli
