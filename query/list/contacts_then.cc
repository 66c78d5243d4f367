#include "query/list/contacts_then.h"

#include <optional>
#include <string>
#include <vector>

#include "events/rows/row_archive.h"
#include "projections/store/keys.h"
#include "query/contact.h"

namespace contacts::query {
namespace {

// The cost of a row besides its bytes, in bytes; reading, decoding and opening a record takes as
// long as twenty usual rows.
constexpr size_t kCostOfARow = 128;
constexpr size_t kCostOfARecord = 16'384;

ContactId Before(ContactId id) { return {id.value - 1}; }
ContactId After(ContactId id) { return {id.value + 1}; }

[[noreturn]] void DoesNotRead(const TenantId& tenant) {
  throw StoreFailure("a contact of tenant " + tenant.value +
                     " does not read; rebuild the read models");
}

}  // namespace

// One walk: looks at one contact after the other.
class ContactsThen::Walking {
 public:
  Walking(const ContactsThen& then, ByteBudget* budget, const Visit& visit)
      : then_(then), budget_(*budget), visit_(visit) {}

  // False: the walk ends before this contact.
  bool LookAt(ContactId id, std::string_view row) {
    if (!Pay(kCostOfARow + row.size())) return End(Ended::kByBudget);
    ListedContact contact;
    if (!FrontFromRow(row, &contact)) DoesNotRead(then_.past_.tenant());
    if (contact.changed > then_.at_) return LookAtChanged(id, row);
    return Show(id, contact);
  }

  Ended ended = Ended::kAtEnd;
  int64_t withheld = 0;

 private:
  bool LookAtChanged(ContactId id, std::string_view bytes) {
    ContactRow row;
    if (!FromRow(bytes, &row)) DoesNotRead(then_.past_.tenant());
    // Ids are given one after the other, so all contacts from here on were made later, too.
    if (row.first > then_.at_) return End(Ended::kAtEnd);
    const std::optional<ContactModel> model = Fold(id, row.generation);
    if (!model) return false;
    if (!model->IsShown()) {
      ++withheld;
      is_first_ = false;
      return true;
    }
    return Show(id, ListedOf(*model));
  }
  // nullopt: it is not folded, and the walk ends.
  std::optional<ContactModel> Fold(ContactId id, int64_t generation) {
    const std::vector<Sequence> records =
        then_.past_.lookup().RecordsOf(then_.past_.tenant(), id, Sequence{}, then_.at_);
    if (!Pay(kCostOfARecord * records.size())) {
      End(Ended::kByBudget);
      return std::nullopt;
    }
    folded_records_ += static_cast<int64_t>(records.size());
    ++folded_contacts_;
    const FoldBounds& bounds = then_.bounds_;
    const bool is_far = folded_contacts_ > bounds.contacts || folded_records_ > bounds.records;
    if (is_far && !is_first_) {
      End(Ended::kTooFar);
      return std::nullopt;
    }
    ContactFolding folding(then_.past_, id, generation);
    const std::optional<ContactModel>* model = nullptr;
    for (const Sequence record : records) model = &folding.Add(then_.past_.RecordAt(record));
    if (model == nullptr || !*model) DoesNotRead(then_.past_.tenant());
    return *model;
  }
  bool Show(ContactId id, const ListedContact& contact) {
    if (then_.viewer_.Sees(id, contact) && !visit_(contact.json)) return End(Ended::kByVisitor);
    is_first_ = false;
    return true;
  }
  bool Pay(size_t cost) { return budget_.Take(cost) || is_first_; }
  bool End(Ended how) {
    ended = how;
    return false;
  }

  const ContactsThen& then_;
  ByteBudget& budget_;
  const Visit& visit_;
  bool is_first_ = true;
  int64_t folded_contacts_ = 0;
  int64_t folded_records_ = 0;
};

ContactsThen::Walked ContactsThen::Walk(ContactId after, ContactId until, ByteBudget* budget,
                                        const Visit& visit) const {
  Walking walking(*this, budget, visit);
  Walked walked{Ended::kAtEnd, until};
  if (after >= until) return walked;
  const TenantId& tenant = past_.tenant();
  snapshot_.Scan(View::kContacts, keys::Contact(tenant, After(after)),
                 keys::Contact(tenant, After(until)),
                 [&](std::string_view key, std::string_view row) {
                   const ContactId id{keys::NumberOf(key)};
                   if (walking.LookAt(id, row)) return true;
                   if (walking.ended != Ended::kAtEnd) walked.last = Before(id);
                   return false;
                 });
  walked.ended = walking.ended;
  walked.withheld = walking.withheld;
  return walked;
}

int64_t ContactsThen::ErasedSince(ContactId after, ContactId* until, ByteBudget* budget) const {
  int64_t erased = 0;
  if (after >= *until) return erased;
  const TenantId& tenant = past_.tenant();
  bool is_first = true;
  snapshot_.Scan(View::kTombstones, keys::Contact(tenant, After(after)),
                 keys::Contact(tenant, After(*until)),
                 [&](std::string_view key, std::string_view bytes) {
                   if (!budget->Take(kCostOfARow + bytes.size()) && !is_first) {
                     *until = Before(ContactId{keys::NumberOf(key)});
                     return false;
                   }
                   is_first = false;
                   TombstoneRow row;
                   if (!FromRow(bytes, &row)) DoesNotRead(tenant);
                   if (row.first > at_) return false;  // as in LookAtChanged
                   // 0: the record that erased it is not applied yet.
                   erased += row.erased.value == 0 || row.erased > at_;
                   return true;
                 });
  return erased;
}

}  // namespace contacts::query
