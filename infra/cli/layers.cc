#include "infra/cli/layers.h"

#include <CLI/CLI.hpp>
#include <fstream>

#include "events/values/utf8.h"
#include "infra/cli/settings.h"

namespace contacts::cli {
namespace {

std::string ConfigPath(const std::vector<std::string>& arguments, const Environment& environment) {
  std::string path = environment("CONTACTS_CONFIG");
  for (size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "--config" && i + 1 < arguments.size()) path = arguments[i + 1];
    if (arguments[i].rfind("--config=", 0) == 0) path = arguments[i].substr(9);
  }
  return path;
}

bool IsSetting(const std::string& name) {
  for (const Setting& setting : AllSettings()) {
    if (name == setting.name) return name != "config";
  }
  return false;
}

// The settings that a verb takes from file and variables: all but the file's own name.
std::vector<std::string> SettingsOf(bool serve) {
  std::vector<std::string> names;
  for (const Setting& setting : AllSettings()) {
    const bool taken = serve || setting.of == Setting::Of::kAll;
    if (taken && IsSetting(setting.name)) names.push_back(setting.name);
  }
  return names;
}

// A mark would be part of the first key, and nobody would see why there is no such setting.
void RefuseMark(const std::string& path, std::istream* file) {
  std::string begin(kByteOrderMark.size(), '\0');
  file->read(begin.data(), static_cast<std::streamsize>(begin.size()));
  if (begin == kByteOrderMark) throw CLI::ConfigError(path + " " + kHasByteOrderMark);
  file->clear();
  file->seekg(0);
}

// `--name=value` for each setting of the file; throws CLI::ParseError for what is no setting.
void AppendFile(const std::string& path, const std::vector<std::string>& taken,
                std::vector<std::string>* out) {
  std::ifstream file(path);
  if (!file) throw CLI::FileError::Missing(path);
  RefuseMark(path, &file);
  for (const CLI::ConfigItem& item : CLI::ConfigTOML().from_config(file)) {
    if (item.name == "++" || item.name == "--") continue;  // a section's begin and end
    if (!item.parents.empty() || !IsSetting(item.name)) {
      throw CLI::ConfigError(path + ": there is no setting '" + item.fullname() + "'");
    }
    if (std::find(taken.begin(), taken.end(), item.name) == taken.end()) continue;
    std::string value;
    for (const std::string& input : item.inputs) value += (value.empty() ? "" : ",") + input;
    out->push_back("--" + item.name + "=" + value);
  }
}

}  // namespace

std::vector<std::string> Layered(const std::vector<std::string>& arguments, size_t verb_words,
                                 const Environment& environment) {
  if (arguments.size() < verb_words) return arguments;
  const auto behind = arguments.begin() + static_cast<ptrdiff_t>(verb_words);
  std::vector<std::string> layered(arguments.begin(), behind);
  const std::vector<std::string> taken = SettingsOf(arguments[0] == "serve");
  const std::string path = ConfigPath(arguments, environment);
  if (!path.empty()) AppendFile(path, taken, &layered);
  for (const std::string& name : taken) {
    const std::string value = environment(VariableOf(name));
    if (!value.empty()) layered.push_back("--" + name + "=" + value);
  }
  layered.insert(layered.end(), behind, arguments.end());
  return layered;
}

}  // namespace contacts::cli
