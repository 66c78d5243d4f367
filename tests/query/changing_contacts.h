// Given contacts of one tenant that come, change and are erased, with keys that go with them, and
// what is true of them: each state that they ever had.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "events/json/json_archive.h"
#include "events/seal/leaf.h"
#include "projections/projector.h"
#include "projections/view_lookup.h"
#include "query/access.h"
#include "query/changes.h"
#include "tests/support/keys.h"
#include "tests/support/log_script.h"
#include "tests/support/memory_view_store.h"

namespace contacts::query {

class ChangingContacts {
 public:
  // Each has a tenant of its own, because keys that are erased stay so in the test's keyring.
  ChangingContacts() : tenant_{"tenant-" + std::to_string(++numbers)} {
    log_.Opens();
    projector_.Apply({log_.entries().back()});
  }

  Sequence Create(int64_t id, ContactType type, std::optional<std::string> company = {}) {
    ContactFields fields =
        testing::FieldsOf("Name " + std::to_string(id), std::to_string(id) + "@example.org");
    fields.type = type;
    fields.company = std::move(company);
    Contact& now = now_[id];
    now = Contact{ContactId{id}, fields, {}, {}};
    now.created_at = testing::TimeOf(Next(head_.sequence));
    return Noted(id, Then(ContactCreated{ContactId{id}, std::move(fields), std::nullopt}));
  }
  template <class Change>
  Sequence Set(int64_t id, Change change) {
    ContactFields after = now_.at(id).fields;
    change(&after);
    auto difference = DifferenceOf(now_.at(id).fields, after);
    now_.at(id).fields = std::move(after);
    return Noted(id, Then(ContactChanged{ContactId{id}, std::move(difference.before),
                                         std::move(difference.after)}));
  }
  Sequence Rename(int64_t id, const std::string& name) {
    return Set(id, [&](ContactFields* fields) { fields->full_name = name; });
  }
  Sequence SetActive(int64_t id, bool is_active) {
    return Set(id, [&](ContactFields* fields) { fields->is_active = is_active; });
  }
  Sequence Move(int64_t id, std::optional<std::string> company) {
    return Set(id, [&](ContactFields* fields) { fields->company = std::move(company); });
  }
  Sequence ErasePast(int64_t id) {
    const int generation = ++generations_[id];
    const Contact& now = now_.at(id);
    const Sequence at =
        Then(PastErased{ContactId{id}, generation, now.fields, now.created_at, std::nullopt});
    TestKeys().NoteErased(tenant_, *seal::LeafOfContact(ContactId{id}, generation - 1));
    states_[id].clear();
    return Noted(id, at);
  }
  Sequence Erase(int64_t id) {
    const Sequence at = Then(PersonErased{ContactId{id}, {}, Ground::kObjected});
    for (int generation = 0; generation <= generations_[id]; ++generation) {
      TestKeys().NoteErased(tenant_, *seal::LeafOfContact(ContactId{id}, generation));
    }
    now_.erase(id);
    states_.erase(id);
    return at;
  }
  // The tenant's next record; its contact, if it is about one, in the newest generation.
  Sequence Then(Event event, const testing::Who& who = {}) {
    const auto subject = ContactIn(event);
    Record record = testing::RecordAfter(head_, tenant_, std::move(event), who);
    if (subject) record.generation = generations_[subject->id.value];
    if (who.key.empty()) record.envelope.reason.emplace("because");
    Land(EncodeRecord(std::move(record)));
    return head_.sequence;
  }
  // A record of a type that this build does not know: the tenant is parked.
  void Park() {
    std::string bytes =
        EncodeRecord(testing::RecordAfter(head_, tenant_, testing::Idle("MergeContacts")));
    for (size_t at = 0; (at = bytes.find("NothingChanged", at)) != std::string::npos;) {
      bytes.replace(at, 14, "ContactsMerged");
    }
    Land(bytes);
  }

  Asker AskerOf(const std::string& role, std::optional<int64_t> contact = {}) const {
    Asker asker{tenant_, role, std::nullopt};
    if (contact) asker.contact_id = ContactId{*contact};
    return asker;
  }
  Viewer ViewerNow(const Asker& asker) const { return AccessSnapshotIn(views_, asker).viewer; }
  // The list as it is now: each contact's JSON by id.
  std::map<int64_t, std::string> ListOf(const Asker& asker) const {
    const Viewer viewer = ViewerNow(asker);
    std::map<int64_t, std::string> list;
    for (const auto& [id, contact] : now_) {
      const ListedContact listed{
          contact.fields.type, contact.fields.is_active, contact.fields.company, {}, {}};
      if (viewer.Sees(ContactId{id}, listed)) list[id] = ToJson(contact);
    }
    return list;
  }
  Result<Changes> Read(const Asker& asker, const ChangesWanted& wanted,
                       const ChangesBounds& bounds = {}) const {
    return ReadChanges(views_, TestKeys(), asker, wanted, bounds);
  }

  const TenantId& tenant() const { return tenant_; }
  Sequence head() const { return head_.sequence; }
  const MemoryViewStore& views() const { return views_; }
  const std::map<int64_t, Contact>& now() const { return now_; }
  // By contact and record: the states that are not erased.
  const std::map<int64_t, std::map<Sequence, Contact>>& states() const { return states_; }

 private:
  void Land(const std::string& bytes) {
    head_ = Head{Next(head_.sequence), Sha256(bytes)};
    log_.Raw(tenant_.value, bytes);
    projector_.Apply({log_.entries().back()});
  }
  Sequence Noted(int64_t id, Sequence at) {
    now_.at(id).updated_at = testing::TimeOf(at);
    states_[id][at] = now_.at(id);
    return at;
  }

  static inline int numbers = 0;
  const TenantId tenant_;
  MemoryViewStore views_;
  Projector projector_{views_, TestKeys(), 0, 1};
  testing::LogScript log_;
  Head head_;
  std::map<int64_t, Contact> now_;
  std::map<int64_t, int> generations_;
  std::map<int64_t, std::map<Sequence, Contact>> states_;
};

// A client's copy of a list.
using Copy = std::map<int64_t, std::string>;

// The part of an entry between two texts.
inline std::string Between(const std::string& text, const std::string& from,
                           const std::string& to) {
  const auto begin = text.find(from);
  if (begin == std::string::npos) return "";
  const auto start = begin + from.size();
  return text.substr(start, text.find(to, start) - start);
}

inline void Apply(const Changes& changes, Copy* copy) {
  for (const Change& change : changes.entries) {
    const std::string contact = Between(change.json, "\"contact\":", ",\"actor\":");
    if (contact.empty()) {
      copy->erase(std::stoll(Between(change.json, "\"removed\":", ",")));
    } else {
      (*copy)[std::stoll(contact.substr(contact.find(':') + 1))] = contact;
    }
  }
}

}  // namespace contacts::query
