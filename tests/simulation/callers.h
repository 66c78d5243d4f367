// The callers of a simulation, with their commands and answers.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "command/command.h"
#include "tests/simulation/sim_log.h"

namespace contacts::sim {

// One attempt of a caller at one command. Attempts at the same command have the same uid.
struct Attempt {
  uint64_t uid = 0;
  Command command;
  size_t history_before = 0;  // length of the tenant's history at the command
  size_t history_after = 0;   // length of the tenant's history at the answer
  int answers = 0;
  bool lost = false;       // the connection died with the instance
  bool oversized = false;  // the log refused its record on this side
  std::optional<Answer> answer;
};

class Callers {
 public:
  explicit Callers(SimLog& log) : log_(log), random_(log.random()) {}

  // A new command. It takes one of a few tenants, e-mails, users and keys, so that they meet often.
  std::shared_ptr<Attempt> Ask();
  // Another attempt at a command whose outcome its caller does not know.
  std::shared_ptr<Attempt> Repeat(const Attempt& earlier, const std::string& key);

  const std::vector<std::shared_ptr<Attempt>>& attempts() const { return attempts_; }
  // The uid that an opened record carries (as its reason).
  static uint64_t UidOf(const Record& record);

 private:
  Intent RandomIntent();
  Intent RandomErasure();
  Intent RandomChange();
  EraseMonths RandomMonths();
  void PickActor(Command* command);
  // An actor that is not a user here; few, so that those who are erased come again.
  std::string Outsider() { return "ext:" + std::to_string(Pick(4)); }
  int Pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

  const SimLog& log_;
  Random& random_;
  uint64_t next_uid_ = 1;
  std::vector<std::shared_ptr<Attempt>> attempts_;
};

}  // namespace contacts::sim
