#include "command/reply.h"

namespace contacts {

Answer Failure(Error error) {
  Answer answer;
  answer.error = std::move(error);
  return answer;
}

Reply& Reply::operator=(Reply&& other) noexcept {
  if (this != &other) {
    LeftUnanswered();
    callee_ = std::move(other.callee_);
  }
  return *this;
}

void Reply::operator()(Answer answer) {
  if (const std::unique_ptr<Callee> callee = std::move(callee_)) callee->Call(std::move(answer));
}

void Reply::LeftUnanswered() {
  if (!callee_) return;
  (*this)(Failure({ErrorCode::kUnknownOutcome,
                   "the command was left without an answer, so its outcome is unknown",
                   {},
                   1}));
}

}  // namespace contacts
