#include "infra/cli/terminal.h"

#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <iostream>
#include <string_view>

namespace contacts::cli {
namespace {

constexpr std::array kHeard = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU};

volatile std::sig_atomic_t came = 0;

// Sets handlers that only note the signal, so that a read ends; the destructor sets the former
// ones.
class Heard {
 public:
  Heard() {
    came = 0;
    struct sigaction note = {};
    note.sa_handler = [](int signal) { came = signal; };
    sigemptyset(&note.sa_mask);
    for (size_t i = 0; i < kHeard.size(); ++i) {
      sigaction(kHeard[i], nullptr, &before_[i]);
      // One that the caller ignores, as nohup does, stays ignored.
      if (before_[i].sa_handler != SIG_IGN) sigaction(kHeard[i], &note, nullptr);
    }
  }
  ~Heard() {
    for (size_t i = 0; i < kHeard.size(); ++i) sigaction(kHeard[i], &before_[i], nullptr);
  }
  Heard(const Heard&) = delete;
  Heard& operator=(const Heard&) = delete;

 private:
  std::array<struct sigaction, kHeard.size()> before_ = {};
};

class EchoOff {
 public:
  EchoOff() : is_off_(tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!is_off_) return;
    termios quiet = before_;
    quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  ~EchoOff() {
    if (is_off_) tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }
  EchoOff(const EchoOff&) = delete;
  EchoOff& operator=(const EchoOff&) = delete;

 private:
  termios before_ = {};
  const bool is_off_;
};

void Show(std::string_view text) { std::cerr << text << std::flush; }

// Reads byte by byte, because bytes after the line are for the next question. False: the file has
// ended, or a signal came.
bool ReadLine(std::string* line) {
  for (;;) {
    char c = 0;
    if (came != 0) return false;
    const ssize_t got = read(STDIN_FILENO, &c, 1);
    if (got < 0 && errno == EINTR && came == 0) continue;
    if (got <= 0) return false;
    if (c == '\n') break;
    *line += c;
  }
  if (!line->empty() && line->back() == '\r') line->pop_back();
  return true;
}

// False: the input ended without a line.
bool AskOnce(const std::string& question, Echo echo, std::string* line) {
  const Heard heard;
  Show(question);
  if (echo == Echo::kOn) return ReadLine(line);
  const EchoOff off;
  const bool read = ReadLine(line);
  Show("\n");
  return read;
}

}  // namespace

std::optional<std::string> AskTerminal(const std::string& question, Echo echo) {
  for (;;) {
    std::string line;
    const bool read = AskOnce(question, echo, &line);
    if (came == 0) return read ? std::optional(std::move(line)) : std::nullopt;
    raise(came);  // its usual effect: ends the process, or stops it until it goes on
  }
}

}  // namespace contacts::cli
