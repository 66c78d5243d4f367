// The rules that chain.cc relies on hold once all that became due was done. Records of others that
// came in are due as well, so the chain then stands on the head that was applied.
#include "command/writer/tenant_pipeline.h"
#include "events/values/invariant.h"

namespace contacts {

void TenantPipeline::CheckInvariants() const {
  size_t records = 0;
  const Pending* before = nullptr;  // the newest that has a record
  uint64_t token = 0;
  for (const Pending& pending : pending_) {
    // IndexOfToken searches by it.
    CONTACTS_INVARIANT(pending.has_record ? pending.token > token : pending.token >= token);
    token = pending.token;
    if (!pending.has_record) continue;
    ++records;
    CONTACTS_INVARIANT(!pending.work.attempts.empty());
    const Attempt& newest = pending.current();
    if (before != nullptr) {
      const Head& parent = before->current().slot;
      CONTACTS_INVARIANT(newest.slot.sequence.value == parent.sequence.value + 1);
      CONTACTS_INVARIANT(newest.record.envelope.previous == parent.hash);
    }
    before = &pending;
  }
  CONTACTS_INVARIANT(records == records_);
  CONTACTS_INVARIANT(token <= context_.last_token);
  CONTACTS_INVARIANT(bytes_ == 0 || !pending_.empty() || !waiting_.empty());
}

}  // namespace contacts
