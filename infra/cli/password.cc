#include "infra/cli/password.h"

#include <unistd.h>

#include <iostream>

#include "events/values/utf8.h"
#include "infra/cli/terminal.h"

namespace contacts::cli {
namespace {

std::string ReadFirstLine() {
  std::string line;
  std::getline(std::cin, line);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

}  // namespace

Result<std::string> ReadPassword() {
  std::string password;
  if (isatty(STDIN_FILENO) != 0) {
    const auto first = AskTerminal("Password: ", Echo::kOff);
    if (!first || first->empty()) {
      return Error{ErrorCode::kBadRequest, "No password was given at the terminal."};
    }
    password = *first;
    if (AskTerminal("Once more: ", Echo::kOff) != first) {
      return Error{ErrorCode::kBadRequest, "The two passwords differ."};
    }
  } else {
    password = ReadFirstLine();
  }
  if (password.empty()) return Error{ErrorCode::kBadRequest, "No password was given on stdin."};
  // No client could ever log in with it: JSON is UTF-8.
  if (!IsUtf8(password)) return Error{ErrorCode::kBadRequest, "The password is not valid UTF-8."};
  return password;
}

bool SaysYes(const std::string& question) {
  if (isatty(STDIN_FILENO) == 0 || isatty(STDERR_FILENO) == 0) return false;
  const std::string answer = AskTerminal(question + " [y/N] ", Echo::kOn).value_or("");
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace contacts::cli
