#include "infra/api/refusal_notes.h"

#include <utility>

#include "infra/base/log.h"

namespace contacts::api {

RefusalNotes::RefusalNotes(Commands& commands, std::function<Clock::time_point()> clock,
                           size_t max_users)
    : commands_(commands), clock_(std::move(clock)), users_(max_users) {}

void RefusalNotes::Note(Command who, const std::string& command, const Error& refusal) {
  if (refusal.code != ErrorCode::kForbidden && !IsConflict(refusal.code) &&
      refusal.code != ErrorCode::kPreconditionFailed) {
    return;
  }
  int64_t left_out = 0;
  {
    const std::lock_guard lock(mutex_);
    User& user = users_.Touch(who.tenant.value + " " + who.actor);
    const Clock::time_point now = clock_();
    Clock::time_point& oldest = user.noted[user.notes % kInAMinute];
    if (user.notes >= kInAMinute && now - oldest < std::chrono::minutes(1)) {
      ++user.left_out;
      return;
    }
    oldest = now;
    ++user.notes;
    left_out = std::exchange(user.left_out, 0);
  }
  who.intent = NoteRefusal{Refusal(command, refusal, left_out)};
  commands_.Submit(std::move(who), [](const Answer& answer) {
    if (!answer.error || answer.error->code != ErrorCode::kInternal) return;
    log::Error("a refusal could not be noted", {{"cause", answer.error->message}});
  });
}

}  // namespace contacts::api
