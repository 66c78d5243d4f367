// One line from the terminal on stdin.
#pragma once

#include <optional>
#include <string>

namespace contacts::cli {

enum class Echo { kOn, kOff };

// Shows the question on stderr and reads a line, without its end. nullopt: the file ended before
// one. The terminal has its echo again when this returns, and also before a signal that came takes
// its effect; one that stopped the process and let it go on again has the question asked anew.
// For the main thread, before others handle signals.
std::optional<std::string> AskTerminal(const std::string& question, Echo echo);

}  // namespace contacts::cli
