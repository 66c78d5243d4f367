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
  explicit Callers(Random& random) : random_(random) {}

  // A new command. It takes one of a few tenants, e-mails, users and keys, so that they meet often.
  std::shared_ptr<Attempt> Ask();
  // Another attempt at a command whose outcome its caller does not know.
  std::shared_ptr<Attempt> Repeat(const Attempt& earlier, const std::string& key);

  const std::vector<std::shared_ptr<Attempt>>& attempts() const { return attempts_; }
  // The uid that a record carries (as its reason).
  static uint64_t UidOf(const Record& record);

 private:
  Intent RandomIntent();
  int Pick(int below) { return std::uniform_int_distribution<int>(0, below - 1)(random_); }

  Random& random_;
  uint64_t next_uid_ = 1;
  std::vector<std::shared_ptr<Attempt>> attempts_;
};

}  // namespace contacts::sim
