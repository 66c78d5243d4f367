// The command that was typed: one verb with its settings and arguments.
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
  kCheck,  // `findings` and `unusable` say what is wrong with the configuration
  kVersion,
  kSchemas,  // into `directory`
  kOperate,  // `request` holds the operation
};

struct CommandLine {
  Verb verb = Verb::kServe;
  Config config;
  OpsRequest request;           // without a password
  bool wants_password = false;  // `request` needs one: from stdin, or a prompt
  bool json = false;            // print findings or the answer as JSON, not for people
  std::string directory;
  Findings findings;               // warnings; for kCheck also faults
  std::set<std::string> unusable;  // settings that have their default because of a fault
  std::map<std::string, std::string> origins;  // by setting: where its value came from
  std::string settings_file;                   // empty: there is none
  bool unread = false;  // the file of settings could not be read: it may name any of them
};

// A text to show, and the exit code: 0 for help, 2 for wrong usage.
struct Usage {
  std::string text;
  int exit_code = 0;
};

// `environment` returns a variable's value; empty: not set; `variables` are the names of all that
// are set. Reads the file of --config. All values are UTF-8, except names of files and directories.
std::variant<CommandLine, Usage> ParseCommandLine(
    const std::vector<std::string>& arguments,
    const std::function<std::string(const std::string&)>& environment,
    const std::vector<std::string>& variables = {});

// The settings that the same command line gives now, for a server that runs. The error: what is
// wrong with them.
Result<Config> ReadSettingsAgain(const std::vector<std::string>& arguments,
                                 const std::function<std::string(const std::string&)>& environment);

}  // namespace contacts::cli
