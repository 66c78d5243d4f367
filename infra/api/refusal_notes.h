// Notes for the audit what an authenticated user was refused, where the refusal made no record of
// its own: best effort, after the answer, and bounded, so that nobody fills the history by asking.
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
  static constexpr size_t kInAMinute = 10;  // of each user

  // The users seen last are remembered, `max_users` of them.
  RefusalNotes(Commands& commands, std::function<Clock::time_point()> clock,
               size_t max_users = 10000);

  // `who` has tenant, actor and where from; `command` is the name of what was refused. 403, 409 and
  // 412 are noted, anything else is not. Beyond the bound it is counted, and the user's next note
  // says how many were left out.
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
