#include "infra/cli/password.h"

#include <termios.h>
#include <unistd.h>

#include <iostream>

#include "events/values/utf8.h"

namespace contacts::cli {
namespace {

class NoEcho {
 public:
  NoEcho() {
    tcgetattr(STDIN_FILENO, &before_);
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  ~NoEcho() { tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_); }

 private:
  termios before_ = {};
};

std::string ReadLine() {
  std::string line;
  std::getline(std::cin, line);
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

std::string Ask(const char* question) {
  std::cerr << question << std::flush;
  const std::string line = ReadLine();
  std::cerr << "\n";
  return line;
}

}  // namespace

Result<std::string> ReadPassword() {
  std::string password;
  if (isatty(STDIN_FILENO) != 0) {
    const NoEcho no_echo;
    password = Ask("Password: ");
    if (Ask("Once more: ") != password) {
      return Error{ErrorCode::kBadRequest, "The two passwords differ."};
    }
  } else {
    password = ReadLine();
  }
  if (password.empty()) return Error{ErrorCode::kBadRequest, "No password was given on stdin."};
  // No client could ever log in with it: JSON is UTF-8.
  if (!IsUtf8(password)) return Error{ErrorCode::kBadRequest, "The password is not valid UTF-8."};
  return password;
}

}  // namespace contacts::cli
