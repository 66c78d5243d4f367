#include "infra/cli/settings_file.h"

#include <CLI/CLI.hpp>
#include <map>
#include <sstream>
#include <utility>

#include "infra/base/nearest.h"
#include "infra/base/text_file.h"
#include "infra/cli/settings.h"

namespace contacts::cli {
namespace {

class FileReader {
 public:
  explicit FileReader(std::string path) : path_(std::move(path)) {}

  SettingsFile Read(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const int first = ++number_;
      CLI::detail::trim(line);
      if (OpensList(line)) {
        for (std::string more; line.back() != ']' && std::getline(lines, more); ++number_) {
          line += CLI::detail::trim(more);
        }
      }
      Take(line, first);
    }
    return std::move(file_);
  }

 private:
  // CLI11 goes on to the line with its end.
  static bool OpensList(const std::string& line) {
    const size_t equals = line.find('=');
    if (line.empty() || line[0] == '#' || line[0] == ';' || equals == std::string::npos) {
      return false;
    }
    return CLI::detail::trim_copy(line.substr(equals + 1)).rfind('[', 0) == 0;
  }

  void Take(const std::string& line, int number) {
    const std::string where = path_ + ":" + std::to_string(number);
    if (line.empty() || line[0] == '#' || line[0] == ';') return;
    if (line.front() == '[' && line.back() == ']') {
      if (CLI::detail::to_lower(line) == "[default]") return;  // as CLI11 calls what has no section
      return Refuse(where + ": " + line + " begins a section",
                    "Remove the line: settings stand without sections.");
    }
    // CLI11 skips shorter lines, which have no room for a key and a value.
    std::istringstream one(line.size() < 3 ? line + "  = \"\"" : line);
    for (const CLI::ConfigItem& item : CLI::ConfigTOML().from_config(one)) {
      const std::string name = item.parents.empty() ? item.name : item.fullname();
      const Setting* setting = FindSetting(name);
      if (setting == nullptr || name == "config") {
        RefuseName(where, name);
      } else if (line.find('=') == std::string::npos && !setting->flag) {
        file_.unusable.insert(name);
        Refuse(where + ": " + name + " has no value", "Write " + name + " = \"…\".");
      } else if (const auto [at, is_new] = lines_.emplace(name, number); !is_new) {
        file_.unusable.insert(name);
        Refuse(where + ": " + name + " is given a second time, after line " +
                   std::to_string(at->second),
               "Remove one of the two lines; a list is one value, with commas.");
      } else {
        TakeValue(*setting, item.inputs, line, where);
      }
    }
  }

  void TakeValue(const Setting& setting, const std::vector<std::string>& parts,
                 const std::string& line, const std::string& where) {
    const bool is_list = setting.help.find("separated by commas") != std::string::npos;
    const std::string value = CLI::detail::join(parts, ",");
    const auto refuse = [&](const char* what, const char* todo) {
      file_.unusable.insert(setting.name);
      Refuse(where + ": " + setting.name + what, todo);
    };
    if (!value.empty() && (value.front() == '"' || value.front() == '\'')) {
      refuse(" has quotes that are not closed", "'#' begins a comment, also between quotes.");
    } else if (parts.size() > 1 && !is_list && line.find(',') == std::string::npos) {
      refuse(" has several words", "Put them into quotes.");
    } else {
      file_.values.push_back({setting.name, value, where});
    }
  }

  void RefuseName(const std::string& where, const std::string& name) {
    Nearest known(name);
    for (const Setting& setting : AllSettings()) {
      if (std::string_view(setting.name) != "config") known.Offer(setting.name);
    }
    const std::string& nearest = known.found();
    if (!nearest.empty()) file_.unusable.insert(nearest);
    Refuse(where + ": there is no setting '" + name + "'",
           nearest.empty() ? "Remove the line; contacts serve --help lists the settings."
                           : "Did you mean '" + nearest + "'?");
  }

  void Refuse(std::string what, std::string todo) {
    file_.faults.push_back(
        {kConfiguration, Finding::Weight::kFault, std::move(what), std::move(todo)});
  }

  const std::string path_;
  int number_ = 0;
  std::map<std::string, int> lines_;  // of each setting
  SettingsFile file_;
};

}  // namespace

SettingsFile ReadSettingsFile(const std::string& path) {
  const auto text = ReadTextFile(path);
  if (text.ok()) return FileReader(path).Read(*text);
  SettingsFile unread;
  unread.is_read = false;
  unread.faults.push_back({kConfiguration, Finding::Weight::kFault, text.error().message,
                           "Name the file of settings with --config, or leave it out."});
  return unread;
}

}  // namespace contacts::cli
