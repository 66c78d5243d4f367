#include "query/list/changed_contacts.h"

#include <string>

#include "events/model/contact_model.h"
#include "events/record.h"
#include "projections/view_lookup.h"

namespace contacts::query {
namespace {

// Decoding a record costs as much as rendering this many times its bytes.
constexpr size_t kDecodingIsDearer = 6;

}  // namespace

std::optional<std::vector<ContactId>> ChangedContacts(const ViewReader& views,
                                                      const TenantId& tenant, Sequence after,
                                                      Sequence last, int64_t most,
                                                      ByteBudget* budget) {
  if (last.value - after.value > most) return std::nullopt;
  const ViewLookup lookup(views);
  std::vector<ContactId> changed;
  for (Sequence at = Next(after); at <= last; at = Next(at)) {
    const std::optional<std::string> bytes = lookup.RecordAt(tenant, at);
    if (!bytes || !budget->Take(kDecodingIsDearer * bytes->size())) return std::nullopt;
    const Result<Record> record = DecodeRecord(*bytes);
    if (!record) return std::nullopt;
    if (const auto contact = ContactIn(record->event)) changed.push_back(contact->id);
  }
  return changed;
}

}  // namespace contacts::query
