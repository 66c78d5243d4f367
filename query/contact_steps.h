// What each record of a stretch of history did to a contact, and what a viewer may be told of it.
#pragma once

#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <set>

#include "events/model/contact_model.h"
#include "events/record.h"
#include "projections/store/rows.h"
#include "query/access.h"
#include "query/past.h"

namespace contacts::query {

// One record that changed a contact.
//
// An erasure takes the records before it with it: they are no steps any more, and nobody can tell
// who saw the contact. Its type and whether it was active stay readable, its company does not. So
// who might have seen it is told that it is gone, by its id alone: an id of a contact that a viewer
// never saw says little, and a person that was erased must stay in nobody's copy. Of a contact of
// more than kMostToTell records nobody reads what it was: it might have been seen by anybody.
inline constexpr size_t kMostToTell = 64;

struct ContactStep {
  Record record;  // sealed, unless it had to be opened to know the rest (Past::Open)
  ContactId id;
  Sequence made;                        // the record that made the contact
  std::optional<ListedContact> after;   // nullopt: this record erased it
  std::optional<ListedContact> before;  // without JSON; nullopt: it did not exist, or is erased
  // Of a contact of which `before` is erased: at some time before it was …
  bool was_active = false;    // … active
  bool was_internal = false;  // … active and internal
  // Only with a limit for folds: the states would cost more, and neither is told here.
  bool is_unknown = false;
};

enum class Shown {
  kNothing,
  kContact,  // the state after the record
  kRemoved,  // the viewer saw it before the record, or might have, and does not see it after it
};
Shown ShownTo(const Viewer& viewer, const ContactStep& step);

// Steps through records in order. One thread. Throws StoreFailure.
class ContactSteps {
 public:
  static constexpr size_t kNoLimit = std::numeric_limits<size_t>::max();
  // `past` must outlive it. At most so many records are read to know one state.
  explicit ContactSteps(const Past& past, size_t most_of_a_fold = kNoLimit)
      : past_(past), most_of_a_fold_(most_of_a_fold) {}

  // What the record did; each call must name the record after that of the last call. nullopt: it
  // changed no contact, or one whose state of then is erased.
  std::optional<ContactStep> At(Sequence sequence);

  // How many records were read so far. A contact that changed again later costs, once, the records
  // about it before this one or those after it, whichever are fewer.
  size_t records() const { return records_; }
  // About how many bytes are kept: the states of such contacts.
  size_t bytes() const { return bytes_; }

 private:
  Record Read(Sequence sequence);
  Record ReadOpen(Sequence sequence);
  std::optional<ListedContact> After(Record* record, ContactId id);
  std::optional<ContactModel> Fold(const Record& record, ContactModel today);
  std::optional<ContactModel> FoldBack(const Record& record, ContactModel today);
  std::optional<ContactModel> FoldForth(const Record& record, ContactId id);
  bool HasAtMost(size_t most, ContactId id, Sequence after, Sequence last) const;
  bool FoldsTooMuch(ContactId id, Sequence at);
  bool IsNearerToday(ContactId id, Sequence at) const;
  void TellWhatItWas(ContactStep* step);
  const ViewLookup& lookup() const { return past_.lookup(); }
  const TenantId& tenant() const { return past_.tenant(); }

  const Past& past_;
  const size_t most_of_a_fold_;
  std::set<ContactId> unknown_;  // contacts whose states cost more
  // The states after the newest record that was looked at, of contacts that change again later.
  std::map<ContactId, ContactModel> states_;
  size_t records_ = 0;
  size_t bytes_ = 0;
};

}  // namespace contacts::query
