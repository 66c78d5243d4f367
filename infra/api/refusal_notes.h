// Notes for the audit the refusals of authenticated users that made no record of their own: best
// effort, after the answer, and bounded, so that refused requests cannot fill the history.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <mutex>
#include <string>

#include "command/command.h"
#include "events/values/error.h"
#include "infra/base/lru.h"

namespace contacts::api {

// Any thread.
class RefusalNotes {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr size_t kInAMinute = 10;  // for each user

  // Remembers the `max_users` users seen last.
  RefusalNotes(Commands& commands, std::function<Clock::time_point()> clock,
               size_t max_users = 10000);

  // `who` has the tenant, the actor and where the request came from; `command` names the refused
  // command. Notes 403, 409 and 412, and nothing else. Beyond the bound refusals are only counted,
  // and the user's next note says how many were left out.
  void Note(Command who, const std::string& command, const Error& refusal);

 private:
  struct User {
    std::array<Clock::time_point, kInAMinute> noted{};  // a ring; the oldest is at `next`
    size_t notes = 0;                                   // ever; says which of the ring count
    int64_t left_out = 0;
  };

  Commands& commands_;
  const std::function<Clock::time_point()> clock_;
  std::mutex mutex_;
  Lru<User> users_;
};

}  // namespace contacts::api
