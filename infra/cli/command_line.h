// What was typed: one verb with its settings and arguments.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "events/values/result.h"
#include "infra/base/finding.h"
#include "infra/node/config.h"
#include "infra/ops/operations.h"

namespace contacts::cli {

enum class Verb {
  kServe,
  kCheck,  // `findings` and `unusable` say what the configuration lacks
  kVersion,
  kSchemas,  // `directory` says where to
  kOperate,  // `request` holds the operation
};

struct CommandLine {
  Verb verb = Verb::kServe;
  Config config;
  OpsRequest request;           // a password is not in it yet:
  bool wants_password = false;  // read one, from stdin or a prompt
  bool json = false;            // print what was found or answered as JSON, not for people
  std::string directory;
  Findings findings;               // warnings; of kCheck: faults, too
  std::set<std::string> unusable;  // settings that have their default because of a fault
  std::map<std::string, std::string> origins;  // where the value of a setting came from
  std::string settings_file;                   // empty: there is none
  bool unread = false;  // the file of settings: it could have named any of them
};

// Says what is to be shown, and with which exit code: 0 for help, 2 for wrong usage.
struct Usage {
  std::string text;
  int exit_code = 0;
};

// `environment` gives a variable's value; empty: not set; `variables` are the names of all that
// are. Reads the file of --config. All that is taken is UTF-8, but for the names of files and
// directories.
std::variant<CommandLine, Usage> ParseCommandLine(
    const std::vector<std::string>& arguments,
    const std::function<std::string(const std::string&)>& environment,
    const std::vector<std::string>& variables = {});

// The settings that the same command line gives now, for a server that runs. The error: it gives
// none.
Result<Config> ReadSettingsAgain(const std::vector<std::string>& arguments,
                                 const std::function<std::string(const std::string&)>& environment);

}  // namespace contacts::cli
