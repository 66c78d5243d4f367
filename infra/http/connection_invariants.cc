// The conditions that a connection keeps whenever its lock is free. O(1), because each release of
// the lock checks it. Nothing that a client sends can break them.
#include "events/values/invariant.h"
#include "infra/http/connection.h"

namespace contacts::http {

void Connection::CheckInvariantsLocked() const {
  CONTACTS_INVARIANT(!closed_ || gone_);
  CONTACTS_INVARIANT(!gone_ || deaf_);
  // Once the client has gone, nothing is kept for it.
  CONTACTS_INVARIANT(!gone_ || (slots_.empty() && out_.empty() && under_way_ == 0));
  // After the last answer nothing is written any more.
  CONTACTS_INVARIANT(!lingering_ || (deaf_ && slots_.empty() && out_.empty()));
  // A request under way has a slot, or the end of its answer is in the output queue.
  CONTACTS_INVARIANT(under_way_ >= slots_.size());
  CONTACTS_INVARIANT(under_way_ - slots_.size() <= out_.size());
  // Unsent bytes are in the output queue or in slots.
  CONTACTS_INVARIANT(out_.empty() ? unsent_ == 0 || !slots_.empty() : unsent_ > 0);
  // The flusher is waited for only while there is something to write.
  CONTACTS_INVARIANT(!blocked_ || gone_ || !out_.empty());
}

}  // namespace contacts::http
