// One line from the terminal on stdin.
#pragma once

#include <optional>
#include <string>

namespace contacts::cli {

enum class Echo { kOn, kOff };

// Shows the question on stderr and reads a line, without its end. nullopt: the input ended before
// the end of a line. The terminal has its echo again when this returns, and also before a signal
// takes its effect; a process that was stopped and goes on asks the question again. For the main
// thread, before other threads handle signals.
std::optional<std::string> AskTerminal(const std::string& question, Echo echo);

}  // namespace contacts::cli
