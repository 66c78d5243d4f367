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

// The options for stdout: colour when it is a terminal that has it, and NO_COLOR is unset or empty.
StatusPageOptions PageForStdout();

// The page of a ShownState (infra/ops/shown_state.h). Characters that steer a terminal are shown as
// their codes.
std::string StatusPage(const std::string& json, const StatusPageOptions& options);

// The page of an answer of /health/ready, when the server at `admin` does not answer an operation
// in time.
std::string StatusPageOfReadiness(const std::string& json, const std::string& data,
                                  const std::string& admin, const StatusPageOptions& options);

// The page of a directory whose state cannot be read: no server runs on it, or its server does not
// answer. `why` says which of the two, and why none can start.
std::string StatusPageWithoutState(const std::string& data, const std::string& why,
                                   const StatusPageOptions& options);

}  // namespace contacts::cli
