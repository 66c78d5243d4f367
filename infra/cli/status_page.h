// The state of an instance as one page for people; its last sentence says what to do.
#pragma once

#include <cstddef>
#include <string>

namespace contacts::cli {

struct StatusPageOptions {
  enum class Color { kNo, kYes };
  Color color = Color::kNo;
  size_t width = 80;  // columns
};

// What stdout is: colour when it is a terminal that has it, and nobody said NO_COLOR.
StatusPageOptions PageForStdout();

// Of a ShownState (infra/ops/shown_state.h). What steers a terminal is shown as its code.
std::string StatusPage(const std::string& json, const StatusPageOptions& options);

// Of what /health/ready answers, when the server at `admin` does not answer an operation in time.
std::string StatusPageOfReadiness(const std::string& json, const std::string& data,
                                  const std::string& admin, const StatusPageOptions& options);

// Of a directory of which no state can be had: no server runs on it, or it does not answer. `why`
// says which, and why none can start.
std::string StatusPageWithoutState(const std::string& data, const std::string& why,
                                   const StatusPageOptions& options);

}  // namespace contacts::cli
