#include "query/contact_steps.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

#include "query/contact.h"

namespace contacts::query {
namespace {

constexpr Sequence kEnd{std::numeric_limits<int64_t>::max() - 1};

ListedContact WithoutJson(const ContactFields& fields) {
  return {fields.type, fields.is_active, fields.company, {}, {}};
}

// What stays readable of an erased contact.
struct ClearState {
  ContactType type = ContactType::kInternal;
  bool is_active = false;

  void operator()(const ContactCreated& event) { Set(event.fields); }
  void operator()(const PastErased& event) { Set(event.fields); }
  void operator()(const ContactChanged& event) {
    if (event.after.type) type = *event.after.type;
    if (event.after.is_active) is_active = *event.after.is_active;
  }
  template <class E>
  requires SaysNothingOfContacts<E> || OneOf<E, PersonErased, HoldPlaced, HoldLifted, Disclosed>
  void operator()(const E&) {}

  void Set(const ContactFields& fields) {
    type = fields.type;
    is_active = fields.is_active;
  }
};

}  // namespace

Shown ShownTo(const Viewer& viewer, const ContactStep& step) {
  if (step.after && viewer.Sees(step.id, *step.after)) return Shown::kContact;
  if (step.before) return viewer.Sees(step.id, *step.before) ? Shown::kRemoved : Shown::kNothing;
  const bool maybe = step.was_internal || (step.was_active && viewer.company);
  return maybe || (viewer.sees_all && !step.after) ? Shown::kRemoved : Shown::kNothing;
}

Record ContactSteps::Read(Sequence sequence) {
  ++records_;
  return past_.SealedRecordAt(sequence);
}

Record ContactSteps::ReadOpen(Sequence sequence) {
  Record record = Read(sequence);
  past_.Open(&record);
  return record;
}

std::optional<ContactStep> ContactSteps::At(Sequence sequence) {
  ContactStep step{Read(sequence), {}, {}, {}, {}};
  const Event& event = step.record.event;
  const auto id = ShownContactIn(event);
  if (!id) return std::nullopt;
  step.id = *id;
  const auto erased = lookup().ErasureOf(tenant(), *id);
  if (erased) {
    // A second erasure of the contact changes nothing.
    if (!std::holds_alternative<PersonErased>(event) || *erased != sequence) return std::nullopt;
    TellWhatItWas(&step);
    return step;
  }
  if (FoldsTooMuch(*id, sequence)) {
    step.is_unknown = true;
    return step;
  }
  step.after = After(&step.record, *id);
  if (!step.after) return std::nullopt;
  if (const auto* changed = std::get_if<ContactChanged>(&event)) {
    ContactFields fields;
    fields.type = step.after->type;
    fields.is_active = step.after->is_active;
    fields.company = step.after->company;
    SetPart(changed->before, &fields);
    step.before = WithoutJson(fields);
  }
  if (std::holds_alternative<PastErased>(event)) TellWhatItWas(&step);
  return step;
}

// nullopt: that state is erased.
std::optional<ListedContact> ContactSteps::After(Record* record, ContactId id) {
  const Sequence at = record->envelope.sequence;
  std::optional<ListedContact> today = lookup().ContactById(tenant(), id);
  if (!today) return std::nullopt;  // its keys are gone, and the record that erased it comes later
  const auto known = states_.find(id);
  const bool is_newest = today->changed == at;
  // A creation that is shown as it is now tells all that is needed without being opened.
  if (!is_newest || !std::holds_alternative<ContactCreated>(record->event)) past_.Open(record);
  if (record->data_withheld) return std::nullopt;
  if (is_newest) {
    if (known != states_.end()) {
      bytes_ -= std::min(bytes_, today->json.size());
      states_.erase(known);
    }
    return today;
  }
  std::optional<ContactModel> state;
  if (known != states_.end()) {
    state = Evolve(std::move(known->second), *record);
  } else if (auto whole = lookup().WholeContact(tenant(), id)) {
    state = Fold(*record, *std::move(whole));
    bytes_ += today->json.size();
  }
  if (!state || !state->IsShown()) return std::nullopt;
  ListedContact after = ListedOf(*state);
  states_.insert_or_assign(id, *std::move(state));
  return after;
}

std::optional<ContactModel> ContactSteps::Fold(const Record& record, ContactModel today) {
  const ContactId id = IdOf(today);
  if (const auto* past = std::get_if<PastErased>(&record.event)) {
    if (past->generation < today.generation) return std::nullopt;
    return Evolve(ContactModel{.first = today.first}, record);
  }
  // Only walking back finds out whether a later record erased this state.
  if (today.generation > 0) return FoldBack(record, std::move(today));
  if (std::holds_alternative<ContactCreated>(record.event)) {
    return Evolve(std::optional<ContactModel>(), record);
  }
  if (IsNearerToday(id, record.envelope.sequence)) return FoldBack(record, std::move(today));
  return FoldForth(record, id);
}

// Takes back each change after the record; nullopt: one of them erased the past.
std::optional<ContactModel> ContactSteps::FoldBack(const Record& record, ContactModel today) {
  const Sequence at = record.envelope.sequence;
  const auto later = lookup().RecordsOf(tenant(), IdOf(today), at, today.changed);
  for (auto sequence = later.rbegin(); sequence != later.rend(); ++sequence) {
    const Record undone = ReadOpen(*sequence);
    if (std::holds_alternative<PastErased>(undone.event)) return std::nullopt;
    if (const auto* changed = std::get_if<ContactChanged>(&undone.event)) {
      if (undone.data_withheld) return std::nullopt;
      SetPart(changed->before, &today.contact.fields);
    }
  }
  today.changed = at;
  today.contact.updated_at = record.envelope.time;
  return today;
}

std::optional<ContactModel> ContactSteps::FoldForth(const Record& record, ContactId id) {
  std::optional<ContactModel> state;
  const Sequence before{record.envelope.sequence.value - 1};
  for (const Sequence earlier : lookup().RecordsOf(tenant(), id, {}, before)) {
    state = Evolve(std::move(state), ReadOpen(earlier));
  }
  return Evolve(std::move(state), record);
}

bool ContactSteps::HasAtMost(size_t most, ContactId id, Sequence after, Sequence last) const {
  return lookup().RecordsOf(tenant(), id, after, last, most + 1).size() <= most;
}

// Whether both the records since then and those until then are too many. Without its past, a
// contact can only be folded back.
bool ContactSteps::FoldsTooMuch(ContactId id, Sequence at) {
  if (most_of_a_fold_ == kNoLimit || states_.contains(id)) return false;
  if (unknown_.contains(id)) return true;
  if (HasAtMost(most_of_a_fold_, id, at, kEnd)) return false;
  const auto whole = lookup().WholeContact(tenant(), id);
  const bool has_past = whole && whole->generation == 0;
  if (has_past && HasAtMost(most_of_a_fold_, id, {}, at)) return false;
  unknown_.insert(id);
  return true;
}

bool ContactSteps::IsNearerToday(ContactId id, Sequence at) const {
  for (size_t most = 16;; most *= 8) {
    most = std::min(most, most_of_a_fold_);  // one of the two has at most as many
    if (HasAtMost(most, id, at, kEnd)) return true;
    if (HasAtMost(most, id, {}, at)) return false;
  }
}

void ContactSteps::TellWhatItWas(ContactStep* step) {
  const Sequence before{step->record.envelope.sequence.value - 1};
  const auto records = lookup().RecordsOf(tenant(), step->id, {}, before, kMostToTell + 1);
  if (!records.empty()) step->made = records.front();
  if (records.size() > kMostToTell) {
    step->was_active = step->was_internal = true;
    return;
  }
  ClearState state;
  for (const Sequence sequence : records) {
    std::visit(state, Read(sequence).event);
    step->was_active = step->was_active || state.is_active;
    step->was_internal =
        step->was_internal || (state.is_active && state.type == ContactType::kInternal);
    if (step->was_internal) return;  // it cannot become more
  }
}

}  // namespace contacts::query
