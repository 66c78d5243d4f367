#include "projections/store/view_store.h"

#include <bitset>
#include <vector>

#include "events/values/invariant.h"
#include "projections/store/keys.h"

namespace contacts {

size_t ViewStore::PlaceOf(std::string_view tenant) {
  return std::hash<std::string_view>()(tenant) % kBatches;
}

void ViewStore::Write(const ViewBatch& batch) {
  std::bitset<kBatches> touched;
  std::vector<size_t> places;
  std::string_view last;  // rows of one tenant are mostly neighbours
  for (const ViewBatch::Change& change : batch.changes()) {
    const std::string_view tenant = keys::TenantPart(change.key);
    if (tenant.empty() || tenant == last) continue;
    last = tenant;
    const size_t place = PlaceOf(tenant);
    if (!touched[place]) places.push_back(place);
    touched.set(place);
  }
  const auto count = [&](std::atomic<uint64_t> Batches::*counter) {
    for (const size_t place : places) ++(batches_[place].*counter);
  };
  count(&Batches::begun);
  try {
    Commit(batch);
  } catch (...) {
    count(&Batches::done);
    throw;
  }
  count(&Batches::done);
}

// Counts as a batch of every tenant.
void ViewStore::ChangeAll(const std::function<void()>& change) {
  for (Batches& batches : batches_) ++batches.begun;
  change();
  ++generation_;
  for (Batches& batches : batches_) ++batches.done;
}

std::optional<uint64_t> ViewStore::VersionStamp(const TenantId& tenant) const {
  const Batches& batches = batches_[PlaceOf(tenant.value)];
  const uint64_t done = batches.done;
  const uint64_t begun = batches.begun;
  CONTACTS_INVARIANT(done <= begun);
  // Because `done` was read first, equal numbers mean that each batch begun before is done.
  return done == begun ? std::optional(begun) : std::nullopt;
}

}  // namespace contacts
