// What was typed: one verb with its settings and arguments.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "infra/node/config.h"
#include "infra/ops/operations.h"

namespace contacts::cli {

enum class Verb {
  kServe,
  kVersion,
  kSchemas,  // `directory` says where to
  kOperate,  // `request` holds the operation
};

struct CommandLine {
  Verb verb = Verb::kServe;
  Config config;
  OpsRequest request;           // a password is not in it yet:
  bool wants_password = false;  // read one, from stdin or a prompt
  bool json = false;            // print the operation's answer as it is, not for people
  std::string directory;
};

// Says what is to be shown, and with which exit code: 0 for help, 2 for wrong usage.
struct Usage {
  std::string text;
  int exit_code = 0;
};

// `environment` gives a variable's value; empty: not set. Reads the file of --config. All that is
// taken is UTF-8, but for the names of files and directories.
std::variant<CommandLine, Usage> ParseCommandLine(
    const std::vector<std::string>& arguments,
    const std::function<std::string(const std::string&)>& environment);

}  // namespace contacts::cli
