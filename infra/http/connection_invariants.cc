// The conditions that a connection keeps whenever its lock is free. O(1), because each release of
// the lock checks it. Nothing that a client sends can break them.
#include "events/values/invariant.h"
#include "infra/http/connection_lock.h"

namespace contacts::http {

void Connection::Lock::CheckInvariants(const Connection& all) {
  CONTACTS_INVARIANT(!all.closed_ || all.gone_);
  CONTACTS_INVARIANT(!all.gone_ || all.deaf_);
  // Once the client has gone, nothing is kept for it.
  CONTACTS_INVARIANT(!all.gone_ || (all.slots_.empty() && all.out_.empty() && all.under_way_ == 0 &&
                                    !all.stream_));
  // A stream is the answer of the first slot, and has left the slot.
  CONTACTS_INVARIANT(!all.stream_ ||
                     (!all.slots_.empty() && all.slots_.front().answered &&
                      all.slots_.front().out.empty() && !all.slots_.front().source));
  // After the last answer nothing is written any more.
  CONTACTS_INVARIANT(!all.lingering_ || (all.deaf_ && all.slots_.empty() && all.out_.empty()));
  // A request under way has a slot, or the end of its answer is in the output queue.
  CONTACTS_INVARIANT(all.under_way_ >= all.slots_.size());
  CONTACTS_INVARIANT(all.under_way_ - all.slots_.size() <= all.out_.size());
  // Unsent bytes are in the output queue or in slots.
  CONTACTS_INVARIANT(all.out_.empty() ? all.unsent_ == 0 || !all.slots_.empty() : all.unsent_ > 0);
  // The flusher is waited for only while there is something to write.
  CONTACTS_INVARIANT(!all.blocked_ || all.gone_ || !all.out_.empty());
}

}  // namespace contacts::http
