// A request that its handler has, also after its client has gone.
#include "infra/http/responder_target.h"

#include <algorithm>
#include <utility>

#include "events/values/invariant.h"
#include "infra/http/connection.h"
#include "infra/http/connection_lock.h"

namespace contacts::http {

Responder::Target::Target(std::shared_ptr<Connection> connection, uint64_t number)
    : connection_(std::move(connection)), number_(number) {}

Responder::Target::~Target() {
  if (!sent_) Send(ErrorResponse(500, "the request was left without an answer"));
  connection_->LetGo(number_);
}

// An answer destroys the functions of WhenGone, which may have owned this target: after Answer no
// member may be touched.
void Responder::Target::Send(Response response) {
  if (!sent_.exchange(true)) connection_->Answer(number_, std::move(response));
}

void Responder::Target::WhenGone(std::function<void()> then) {
  if (!sent_) connection_->WhenGone(number_, std::move(then));
}

void Responder::Target::WhenClientEnds(std::function<void()> then) {
  if (!sent_) connection_->WhenClientEnds(number_, std::move(then));
}

bool Responder::Target::gone() const { return !sent_ && connection_->HasGone(number_); }

void Connection::WhenGone(uint64_t number, std::function<void()> then) {
  {
    const Lock lock(this);
    if (number < first_number_) return;  // the front itself has answered
    if (!gone_) {
      CONTACTS_INVARIANT(number - first_number_ < slots_.size());
      Slot& slot = slots_[number - first_number_];
      if (!slot.answered) slot.when_gone.push_back(std::move(then));
      return;
    }
  }
  then();
}

void Connection::WhenClientEnds(uint64_t number, std::function<void()> then) {
  {
    const Lock lock(this);
    if (gone_ || number < first_number_) return;
    CONTACTS_INVARIANT(number - first_number_ < slots_.size());
    Slot& slot = slots_[number - first_number_];
    if (slot.answered) return;
    if (!side_ended_) {
      slot.when_end.push_back(std::move(then));
      return;
    }
  }
  then();
}

bool Connection::HasGone(uint64_t number) {
  const Lock lock(this);
  if (gone_ || number < first_number_) return true;
  CONTACTS_INVARIANT(number - first_number_ < slots_.size());
  return slots_[number - first_number_].answered;
}

void Connection::LetGo(uint64_t number) {
  const Lock lock(this);
  const auto held = std::find(held_.begin(), held_.end(), number);
  CONTACTS_INVARIANT(held != held_.end());
  held_.erase(held);
  // A stream and a responder may hold the same request.
  if (std::find(held_.begin(), held_.end(), number) != held_.end()) return;
  if (gone_ || number < NextToFinishLocked()) shared_->RequestEnded();
}

}  // namespace contacts::http
