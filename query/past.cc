#include "query/past.h"

#include <utility>

#include "events/sealed_record.h"

namespace contacts::query {
namespace {

[[noreturn]] void Missing(const TenantId& tenant, Sequence sequence, const std::string& why) {
  throw StoreFailure("record " + std::to_string(sequence.value) + " of tenant " + tenant.value +
                     ' ' + why + "; rebuild the read models");
}

}  // namespace

Past::Past(const ViewReader& snapshot, seal::Keyring& keyring, const TenantId& tenant)
    : lookup_(snapshot), keyring_(keyring), tenant_(tenant) {}

Record Past::RecordAt(Sequence sequence) const {
  Record record = SealedRecordAt(sequence);
  Open(&record);
  return record;
}

Record Past::SealedRecordAt(Sequence sequence) const {
  const std::optional<std::string> bytes = lookup_.RecordAt(tenant_, sequence);
  if (!bytes) Missing(tenant_, sequence, "is missing");
  Result<Record> record = DecodeRecord(*bytes);
  if (!record) Missing(tenant_, sequence, "cannot be read: " + record.error().message);
  return std::move(record).value();
}

// It was opened when it was applied, so a key that is not at hand now was erased since.
void Past::Open(Record* record) const {
  if (OpenData(record, keyring_) != Opened::kOpen) record->data_withheld = true;
}

void Past::OpenActorOf(Record* record) const { (void)OpenActor(record, keyring_); }

std::optional<ContactModel> Past::ContactAt(ContactId id, Sequence at) const {
  std::optional<ContactModel> today = lookup_.WholeContact(tenant_, id);
  if (!today || today->first > at) return std::nullopt;
  if (today->changed <= at) return today;
  return ContactFolding(*this, id, today->generation).To(at);
}

const std::optional<ContactModel>& ContactFolding::To(Sequence at) {
  for (const Sequence sequence : past_.lookup().RecordsOf(past_.tenant(), id_, folded_, at)) {
    Add(past_.RecordAt(sequence));
  }
  return state_;
}

const std::optional<ContactModel>& ContactFolding::Add(const Record& record) {
  state_ = Evolve(std::move(state_), record);
  folded_ = record.envelope.sequence;
  if (state_ && state_->generation < generation_) {
    state_->withheld = true;
    state_->contact = Contact{};
    state_->contact.id = id_;
  }
  return state_;
}

Timestamp Past::TimeOf(Sequence sequence) const {
  const std::optional<std::string> bytes = lookup_.RecordAt(tenant_, sequence);
  const Result<Record> record = bytes ? DecodeRecord(*bytes) : Result<Record>(Error{});
  if (!record) Missing(tenant_, sequence, "cannot be read");
  return record->envelope.time;
}

// Times never go backwards in a tenant.
Sequence Past::NewestUntil(Timestamp time) const {
  int64_t before = 0;  // a record whose time is not after `time`
  int64_t after = lookup_.Tenant(tenant_).applied.value + 1;  // one that is, or does not exist
  while (after - before > 1) {
    const int64_t middle = before + (after - before) / 2;
    (TimeOf(Sequence{middle}) <= time ? before : after) = middle;
  }
  return Sequence{before};
}

}  // namespace contacts::query
