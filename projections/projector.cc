#include "projections/projector.h"

#include <algorithm>
#include <utility>

#include "events/values/invariant.h"
#include "projections/applied_record.h"
#include "projections/decoded_entries.h"
#include "projections/store/describe.h"
#include "projections/store/keys.h"
#include "projections/store/round.h"
#include "projections/views/superseded_chains.h"

namespace contacts {
namespace {

// Large enough that writing a batch costs little more than its rows, small enough that the next
// entries can be decoded meanwhile.
constexpr size_t kEntriesPerBatch = 500;
constexpr size_t kForeignKept = 20;
constexpr size_t kUnknownKept = 100;
constexpr size_t kKeyShown = 64;  // bytes

// Why the record cannot be applied; empty: it can be. A damaged block of the actor keeps nothing
// back.
std::string WhyNotApplied(const DecodedEntry& decoded) {
  if (!decoded.record) return decoded.record.error().message;
  if (decoded.LacksAKey()) return "the keys of its sealed data are lost: the secrets of this log";
  if (decoded.data == Opened::kDamaged) return "its sealed data does not open with its key";
  return "";
}

// Applies the record to the read models, or parks the tenant before it.
std::optional<Erasure> ApplyOrPark(const DecodedEntry& decoded, TenantRow* tenant, Round* round) {
  tenant->parked = WhyNotApplied(decoded);
  if (!tenant->parked.empty()) return std::nullopt;
  return ApplyRecord(*decoded.record, tenant, round);
}

// An opening record of another log, or of an earlier epoch, changes nothing.
void NoteOpening(const Opening& opening, CheckpointRow* checkpoint) {
  if (checkpoint->log_id.empty()) checkpoint->log_id = opening.log_id;
  if (checkpoint->log_id != opening.log_id) return;
  checkpoint->epoch = std::max(checkpoint->epoch, EpochOf(opening));
}

// The tenant's first record of an epoch, after `head`: it got none between the begin of the epoch
// and this one, so its head was the same when the epoch began.
void NoteEpoch(int64_t epoch, TenantRow* tenant) {
  const int64_t last = tenant->epochs.empty() ? kFirstEpoch : tenant->epochs.back().epoch;
  if (last < epoch) tenant->epochs.push_back({epoch, tenant->head});
}

}  // namespace

Projector::Projector(ViewStore& views, seal::Keyring& keyring, int partition, int partitions)
    : views_(views), keyring_(keyring), partition_(partition), partitions_(partitions) {
  checkpoint_ = Round(views_)
                    .Read<CheckpointRow>(View::kCheckpoints, keys::Partition(partition_))
                    .value_or(CheckpointRow{});
  views_.Scan(View::kSuperseded, "", "", [&](std::string_view key, std::string_view value) {
    SupersededRow row;
    if (FromRow(value, &row) && HasOrphans(row)) orphaned_.insert(keys::TenantOf(key).value);
    return true;
  });
  views_.Scan(View::kTenants, "", "", [&](std::string_view key, std::string_view value) {
    TenantRow row;
    const TenantId tenant = keys::TenantOf(key);
    if (PartitionOf(tenant, partitions_) == partition_ && FromRow(value, &row)) {
      standings_.Note(tenant.value, row);
    }
    return true;
  });
}

std::vector<Judged> Projector::Apply(const std::vector<LogEntry>& entries) {
  std::vector<Judged> judged;
  judged.reserve(entries.size());
  const Decoding decoding{keyring_, partition_, partitions_, made_};
  DecodedEntries decoded(entries, decoding);
  for (std::span<const LogEntry> left = entries; !left.empty();) {
    const size_t size = std::min(left.size(), kEntriesPerBatch);
    ApplyBatch(left.first(size), &decoded, &judged);
    if (wait_) return judged;
    left = left.subspan(size);
  }
  CONTACTS_INVARIANT(judged.size() == entries.size());
  return judged;
}

bool Projector::WaitsForKeys() const { return wait_ && !keyring_.HasAll(wait_->asked); }

// Whether the entry is a record of history whose key may still come.
bool Projector::MustWait(const LogEntry& entry, const CheckpointRow& checkpoint,
                         DecodedEntry* decoded, Tenants* tenants, const Round& round) {
  if (!decoded->slot || !decoded->record || !decoded->LacksAKey() || checkpoint.log_id.empty()) {
    return false;
  }
  const TenantRow& tenant = TenantOf(decoded->slot->tenant, tenants, round);
  if (!IsHistory({tenant.head, tenant.head_hash}, *decoded->slot) || !tenant.parked.empty()) {
    return false;
  }
  if (!wait_ || wait_->offset != entry.offset) wait_ = {entry.offset, keyring_.AskForAll()};
  if (WaitsForKeys()) return true;
  OpenToApply(decoded, keyring_);  // with all keys that there are
  wait_.reset();
  return false;
}

void Projector::ApplyBatch(std::span<const LogEntry> entries, DecodedEntries* decoded,
                           std::vector<Judged>* judged) {
  Round round(views_);
  Tenants tenants;
  CheckpointRow checkpoint = checkpoint_;
  const LogEntry* before = nullptr;
  for (const LogEntry& entry : entries) {
    // Offsets may have gaps, as those of a compacted topic have.
    if (entry.offset < checkpoint.next) {
      throw StoreFailure("the log hands out entries that were applied already");
    }
    DecodedEntry& next = decoded->Next();
    if (MustWait(entry, checkpoint, &next, &tenants, round)) break;
    judged->push_back(Judge(entry, next, &checkpoint, &tenants, &round));
    before = &entry;
    checkpoint.next = Offset{entry.offset.value + 1};
    checkpoint.superseded += judged->back().verdict == Judged::Verdict::kSuperseded;
    checkpoint.foreign += judged->back().verdict == Judged::Verdict::kForeign;
  }
  if (before == nullptr) return;
  CONTACTS_INVARIANT(checkpoint.next > checkpoint_.next);
  checkpoint.before = Sha256(before->value);
  checkpoint.before_appended = before->appended;
  for (const auto& [tenant, row] : tenants) {
    if (row != TenantRow{}) round.Write(View::kTenants, keys::Tenant(TenantId{tenant}), row);
  }
  round.Write(View::kCheckpoints, keys::Partition(partition_), checkpoint);
  round.Commit();
  checkpoint_ = checkpoint;
  for (const auto& [tenant, row] : tenants) standings_.Note(tenant, row);
}

Judged Projector::Judge(const LogEntry& entry, const DecodedEntry& decoded,
                        CheckpointRow* checkpoint, Tenants* tenants, Round* round) {
  Judged judged;
  judged.offset = entry.offset;
  if (decoded.opening) {
    NoteOpening(*decoded.opening, checkpoint);
    judged.epoch = checkpoint->epoch;
    judged.verdict = Judged::Verdict::kOpening;
    return judged;
  }
  const Result<Slot>& slot = decoded.slot;
  if (!slot || checkpoint->log_id.empty()) {
    StepOverForeign(entry, slot ? "before the opening record" : slot.error().message, round);
    return judged;
  }
  judged.tenant = slot->tenant;
  judged.sequence = slot->sequence;
  judged.previous = slot->previous;
  judged.hash = decoded.hash;
  judged.writer = decoded.writer;
  judged.verdict = Judged::Verdict::kSuperseded;
  TenantRow& tenant = TenantOf(slot->tenant, tenants, *round);
  if (!IsHistory({tenant.head, tenant.head_hash}, *slot)) {
    StepOver(entry, *slot, judged.hash, tenants, round);
    return judged;
  }
  judged.verdict = Judged::Verdict::kHistory;
  CONTACTS_INVARIANT(slot->sequence == Next(tenant.head));
  // Slot and record come from one document; if they differed, rows of another tenant would change.
  CONTACTS_INVARIANT(!decoded.record || (decoded.record->envelope.tenant == slot->tenant &&
                                         decoded.record->envelope.sequence == slot->sequence));
  NoteEpoch(checkpoint->epoch, &tenant);
  tenant.head = slot->sequence;
  tenant.head_hash = judged.hash;
  round->Put(View::kRecords, keys::Record(slot->tenant, slot->sequence), entry.value);
  ApplyToViews(decoded, &tenant, round);
  if (orphaned_.contains(slot->tenant.value)) {
    FollowOrphans(slot->tenant, judged.hash, &tenant, round);
  }
  return judged;
}

// A parked tenant obeys erasures nevertheless.
void Projector::ApplyToViews(const DecodedEntry& decoded, TenantRow* tenant, Round* round) {
  if (tenant->parked.empty()) return Note(ApplyOrPark(decoded, tenant, round));
  if (decoded.record) Note(ObeyErasure(*decoded.record, tenant, round));
}

void Projector::Note(std::optional<Erasure> erasure) {
  if (erasure) erasures_.push_back(*std::move(erasure));
}

std::vector<Erasure> Projector::TakeErasures() { return std::exchange(erasures_, {}); }

void Projector::StepOver(const LogEntry& entry, const Slot& slot, const Hash& hash,
                         Tenants* tenants, Round* round) {
  TenantRow& tenant = TenantOf(slot.tenant, tenants, *round);
  if (tenant.head.value == 0) KeepUnknown(slot.tenant, tenants, round);
  const auto parent_is_history = [&] {
    const Sequence before{slot.sequence.value - 1};
    if (before.value == 0) return slot.previous == Hash{};
    const auto parent = round->Get(View::kRecords, keys::Record(slot.tenant, before));
    return parent && Sha256(*parent) == slot.previous;
  };
  const std::string key = keys::Tenant(slot.tenant);
  auto row = round->Read<SupersededRow>(View::kSuperseded, key).value_or(SupersededRow{});
  NoteSuperseded(slot, hash, entry.appended, parent_is_history, &row);
  round->Write(View::kSuperseded, key, row);
  if (HasOrphans(row)) orphaned_.insert(slot.tenant.value);
  tenant.closed = WhyClosed(row);
}

// If too many are unknown, drops the oldest one that is not closed, else the oldest. Tenants that
// have history by now keep their rows.
void Projector::KeepUnknown(const TenantId& id, Tenants* tenants, Round* round) {
  const std::string key = keys::Partition(partition_);
  auto row = round->Read<ForeignRow>(View::kForeign, key).value_or(ForeignRow{});
  std::vector<TenantId>& unknown = row.unknown_tenants;
  if (std::find(unknown.begin(), unknown.end(), id) != unknown.end()) return;
  if (unknown.size() == kUnknownKept) {
    auto dropped = std::find_if(unknown.begin(), unknown.end(), [&](const TenantId& one) {
      return TenantOf(one, tenants, *round).closed.empty();
    });
    if (dropped == unknown.end()) dropped = unknown.begin();
    TenantRow& tenant = TenantOf(*dropped, tenants, *round);
    if (tenant.head.value == 0) {
      tenant = TenantRow{};
      round->Erase(View::kTenants, keys::Tenant(*dropped));
      round->Erase(View::kSuperseded, keys::Tenant(*dropped));
      orphaned_.erase(dropped->value);
    }
    unknown.erase(dropped);
  }
  unknown.push_back(id);
  round->Write(View::kForeign, key, row);
}

void Projector::FollowOrphans(const TenantId& id, const Hash& hash, TenantRow* tenant,
                              Round* round) {
  const std::string key = keys::Tenant(id);
  auto row = round->Read<SupersededRow>(View::kSuperseded, key).value_or(SupersededRow{});
  NoteHistory(hash, &row);
  round->Write(View::kSuperseded, key, row);
  tenant->closed = WhyClosed(row);
  if (!HasOrphans(row)) orphaned_.erase(id.value);
}

void Projector::StepOverForeign(const LogEntry& entry, const std::string& reason, Round* round) {
  const std::string key = keys::Partition(partition_);
  auto row = round->Read<ForeignRow>(View::kForeign, key).value_or(ForeignRow{});
  if (row.newest.size() == kForeignKept) row.newest.erase(row.newest.begin());
  row.newest.push_back({entry.offset, entry.appended, Printable(entry.key.substr(0, kKeyShown)),
                        static_cast<int64_t>(entry.value.size()), reason});
  round->Write(View::kForeign, key, row);
}

TenantRow& Projector::TenantOf(const TenantId& tenant, Tenants* tenants, const Round& round) {
  const auto [it, fresh] = tenants->try_emplace(tenant.value);
  if (fresh) {
    it->second = round.Read<TenantRow>(View::kTenants, keys::Tenant(tenant)).value_or(TenantRow{});
  }
  return it->second;
}

int Projector::Unpark() {
  std::vector<TenantId> parked;
  for (const auto& [tenant, why] : standings_.parked()) parked.push_back(TenantId{tenant});
  int going_on = 0;
  for (const TenantId& tenant : parked) going_on += UnparkTenant(tenant);
  return going_on;
}

bool Projector::UnparkTenant(const TenantId& tenant) {
  Round round(views_);
  const std::string key = keys::Tenant(tenant);
  TenantRow row = round.Read<TenantRow>(View::kTenants, key).value_or(TenantRow{});
  row.parked.clear();
  while (row.applied < row.head && row.parked.empty()) {
    const Sequence next = Next(row.applied);
    const auto bytes = round.Get(View::kRecords, keys::Record(tenant, next));
    if (!bytes) throw StoreFailure("a record of a parked tenant is missing");
    DecodedEntry decoded;
    decoded.record = DecodeRecord(*bytes);
    OpenToApply(&decoded, keyring_);
    Note(ApplyOrPark(decoded, &row, &round));
  }
  round.Write(View::kTenants, key, row);
  round.Commit();
  standings_.Note(tenant.value, row);
  return row.parked.empty();
}

}  // namespace contacts
