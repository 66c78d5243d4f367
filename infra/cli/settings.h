// The one table of settings. Flags, variables, keys of the file, `--help` and the tables of
// docs/settings.md are all made from it. To add a setting: a member of Config and a row in
// settings_table.cc.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "infra/node/config.h"

namespace CLI {
class App;
}

namespace contacts::cli {

// The types of options whose values need not be UTF-8.
inline constexpr const char* kFile = "FILE";
inline constexpr const char* kDirectory = "DIR";

// The typed values. The JSON pointers into a session are judged together, once all are known.
struct TypedSettings {
  Config config;
  std::string id = "/user/id";
  std::string username = "/user/username";
  std::string role = "/user/role";
  std::string tenant = "/user/tenantId";
  std::string contact = "/user/contactId";
};

struct Setting {
  enum class Verbs { kAll, kServe };  // that take the setting
  // The headings of docs/settings.md, in this order.
  enum class Topic {
    kHistory,
    kKafka,
    kAddresses,
    kLogIn,
    kSessions,
    kCookie,
    kLogLines,
    kSettingsFile,
    kDemo,
  };
  // Returns what is wrong with a text, or nothing; `described` stands in --help.
  struct Check {
    std::function<std::string(std::string&)> fault;
    std::string described;
  };

  Verbs verbs;
  Topic topic;
  const char* name;  // flag --NAME, variable CONTACTS_NAME, key NAME
  std::string help;
  std::string type;       // as --help shows it
  std::string initial;    // the default, as it would be typed; empty: none is shown
  std::string otherwise;  // in words: what holds without a value
  Check check;
  std::function<void(const std::string& text, TypedSettings*)> set;
  std::function<bool&(Config*)> flag;  // instead of `set`: takes no value
  std::string more;                    // what docs/settings.md adds
};

const std::vector<Setting>& AllSettings();
// nullptr: no setting has that name.
const Setting* FindSetting(const std::string& name);

// The fault of a text as the setting's value; empty: none.
std::string FaultOfValue(const Setting& setting, std::string text);

// The variable of a setting.
std::string VariableOf(const std::string& name);

// The tables of docs/settings.md, each under the heading of its topic. Settings that SIGHUP changes
// are marked.
std::string SettingsInMarkdown();

// A fault of values that are right each, but do not go together.
struct Clash {
  std::vector<std::string> settings;
  std::string what;
};

// The options of one verb and their values. It must outlive the parsing and stay where it is.
class SettingOptions {
 public:
  // Adds the options of the settings that `verbs` take.
  void AddTo(CLI::App* verb, Setting::Verbs verbs);
  // The values, and all clashes among them; session fields that clash have their defaults.
  Config Result(std::vector<Clash>* clashes);

 private:
  TypedSettings typed_;
};

// Why the text is not a tenant id; empty: it is one.
std::string TenantFault(const std::string& text);

}  // namespace contacts::cli
