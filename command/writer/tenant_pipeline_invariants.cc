// The invariants that the pipeline relies on. They hold after Advance has done everything that is
// due, including records of other writers, so the chain then stands on the applied head.
#include "command/writer/tenant_pipeline.h"
#include "events/values/invariant.h"

namespace contacts {

void TenantPipeline::CheckInvariants() const {
  size_t records = 0;
  const Pending* before = nullptr;  // the last one seen that has a record
  uint64_t token = 0;
  for (const Pending& pending : pending_) {
    // IndexOfToken searches by token.
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
