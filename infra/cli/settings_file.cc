#include "infra/cli/settings_file.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <map>
#include <sstream>
#include <string_view>
#include <utility>

#include "infra/base/nearest.h"
#include "infra/base/text_file.h"
#include "infra/cli/settings.h"

namespace contacts::cli {
namespace {

constexpr const char* kNameCharacters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

// Where a key ends. Characters beyond ASCII belong to it, so that the fault shows an invisible one.
size_t EndOfKey(std::string_view text) {
  const auto end = std::find_if(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x80 &&
           std::string_view(kNameCharacters).find(c) == std::string_view::npos;
  });
  return static_cast<size_t>(end - text.begin());
}

// Where the first of these characters stands outside of quotes; npos: nowhere.
size_t FindUnquoted(std::string_view text, std::string_view characters) {
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    if (quote == 0 && characters.find(text[i]) != std::string_view::npos) return i;
    if (quote == 0 && (text[i] == '"' || text[i] == '\'')) {
      quote = text[i];
    } else if (text[i] == quote) {
      quote = 0;
    }
  }
  return std::string_view::npos;
}

std::string WithoutComment(const std::string& line) {
  return CLI::detail::trim_copy(line.substr(0, FindUnquoted(line, "#")));
}

class FileReader {
 public:
  explicit FileReader(std::string path) : path_(std::move(path)) {}

  SettingsFile Read(const std::string& text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
      const int first = ++number_;
      CLI::detail::trim(line);
      if (!OpensList(line)) {
        Take(line, first);
        continue;
      }
      line = WithoutComment(line);
      for (std::string more; !HasListsEnd(line) && std::getline(lines, more); ++number_) {
        line += WithoutComment(more);
      }
      TakeList(line, first);
    }
    return std::move(file_);
  }

 private:
  // CLI11 reads a list on to the line with its end.
  static bool OpensList(const std::string& line) {
    const size_t equals = line.find('=');
    if (line.empty() || line[0] == '#' || line[0] == ';' || equals == std::string::npos) {
      return false;
    }
    return CLI::detail::trim_copy(line.substr(equals + 1)).rfind('[', 0) == 0;
  }

  static bool HasListsEnd(const std::string& line) {
    return FindUnquoted(line, "]") != std::string::npos;
  }

  void TakeList(const std::string& line, int number) {
    const size_t end = FindUnquoted(line, "]");
    if (end != std::string::npos && end + 1 == line.size()) return Take(line, number);
    const std::string name = line.substr(0, EndOfKey(line));
    file_.unusable.insert(name);
    Refuse(At(number) + ": the list of " + name +
               (end == std::string::npos ? " has no end" : " has more after its end"),
           "Write " + name + R"( = ["…", "…"].)");
  }

  std::string At(int number) const { return path_ + ":" + std::to_string(number); }

  void Take(const std::string& line, int number) {
    const std::string where = At(number);
    if (line.empty() || line[0] == '#' || line[0] == ';') return;
    if (line.front() == '[' && line.back() == ']') {
      if (CLI::detail::to_lower(line) == "[default]") return;  // CLI11: no section
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
    if (line.find('\0') != std::string::npos) {
      file_.unusable.insert(setting.name);
      return Refuse(where + ": " + setting.name + " holds a zero byte", "Write only text.");
    }
    const bool is_list = setting.help.find("separated by commas") != std::string::npos;
    const std::string value = CLI::detail::join(parts, ",");
    if (value.empty()) return;  // not set, like an empty variable
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

  // A text that is not a name may hold the value, and that may be a password.
  void RefuseName(const std::string& where, const std::string& text) {
    const std::string name = text.substr(0, EndOfKey(text));
    if (name != text) {
      file_.unusable.insert(name);
      return Refuse(where + ": the line is not KEY = VALUE",
                    "Write for example listen = \"127.0.0.1:8080\".");
    }
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
  std::map<std::string, int> lines_;  // by setting
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
