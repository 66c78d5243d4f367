#include "projections/applied_record.h"

#include <algorithm>
#include <set>
#include <utility>

#include "events/values/month.h"
#include "projections/store/keys.h"
#include "projections/views/actor_view.h"
#include "projections/views/contact_view.h"
#include "projections/views/superseded_view.h"
#include "projections/views/token_view.h"
#include "projections/views/user_view.h"

namespace contacts {
namespace {

std::optional<UserModel> UserInRows(const TenantId& tenant, const UserId& id, const Round& round) {
  return round.Read<UserRow>(View::kUsers, keys::User(tenant, id));
}

void ApplyToTenant(const Record& record, TenantRow* tenant, const Round& round) {
  const TenantId& id = record.envelope.tenant;
  const Removed removed = RemovedBy(
      record, [&](ContactId contact) { return ContactInRows(id, contact, round); },
      [&](const UserId& user) { return UserInRows(id, user, round); });
  TenantModel& model = *tenant;
  model = Evolve(model, record, removed);
  tenant->applied = record.envelope.sequence;
  tenant->time = record.envelope.time;
  if (record.envelope.keys) tenant->keys = *record.envelope.keys;
}

// What a reader that keeps keys must destroy. A contact that never was has none: its id will be
// given to another one.
std::optional<Erasure> ErasureIn(const Record& record, int64_t last_contact, int64_t generation) {
  const Envelope& envelope = record.envelope;
  Erasure erasure{envelope.tenant, envelope.sequence, {}, 0, {}, {}};
  if (const auto* person = std::get_if<PersonErased>(&record.event)) {
    const std::set<std::string> actors(person->actors.begin(), person->actors.end());
    erasure.actors.assign(actors.begin(), actors.end());
    if (person->contact_id && person->contact_id->value <= last_contact) {
      erasure.contact = person->contact_id;
      erasure.generations = generation + 1;
    }
    return erasure;
  }
  if (const auto* past = std::get_if<PastErased>(&record.event)) {
    if (past->contact_id.value > last_contact) return std::nullopt;
    erasure.contact = past->contact_id;
    erasure.generations = past->generation;
    return erasure;
  }
  if (const auto* months = std::get_if<MonthErased>(&record.event)) {
    if (const auto before = ParseMonth(months->before)) erasure.months = *before;
    return erasure.months ? std::optional(erasure) : std::nullopt;
  }
  return std::nullopt;
}

int64_t GenerationOf(const Record& record, const Round& round) {
  const auto contact = ContactIn(record.event);
  if (!contact) return 0;
  const auto model = ContactInRows(record.envelope.tenant, contact->id, round);
  return model ? model->generation : 0;
}

bool IsErasedLater(const Record& record, const std::string& actor, const Round& round) {
  const auto at = round.Get(View::kErasedActors, keys::Actor(record.envelope.tenant, actor));
  return at && keys::NumberFrom(*at) > record.envelope.sequence.value;
}

// The tenant obeys an erasure after this record already.
void WithholdErased(Record* record, const Round& round) {
  const TenantId& tenant = record->envelope.tenant;
  if (const auto contact = ContactIn(record->event)) {
    const auto at = round.Get(View::kObeyed, keys::Contact(tenant, contact->id));
    if (at && keys::NumberFrom(*at) > record->envelope.sequence.value) record->data_withheld = true;
  }
  if (const auto* added = std::get_if<UserAdded>(&record->event)) {
    if (IsErasedLater(*record, added->user_id.value, round)) record->data_withheld = true;
  }
  // The contact stays, so only the name of its account is withheld.
  const auto withhold_name = [&](std::optional<Account>& account) {
    if (account && IsErasedLater(*record, account->user_id.value, round)) account->username.clear();
  };
  if (auto* created = std::get_if<ContactCreated>(&record->event)) withhold_name(created->account);
  if (auto* past = std::get_if<PastErased>(&record->event)) withhold_name(past->account);
}

// The erasure that the tenant obeyed is applied now.
void Settle(const Record& record, TenantRow* tenant, Round* round) {
  const Envelope& envelope = record.envelope;
  const auto* person = std::get_if<PersonErased>(&record.event);
  if (person != nullptr && person->contact_id) {
    const std::string key = keys::Contact(envelope.tenant, *person->contact_id);
    const auto at = round->Get(View::kObeyed, key);
    if (at && keys::NumberFrom(*at) <= envelope.sequence.value) round->Erase(View::kObeyed, key);
  }
  if (tenant->obeyed <= envelope.sequence) tenant->obeyed = Sequence{};
}

void Withhold(const TenantId& tenant, ContactId id, Round* round) {
  const std::optional<ContactModel> before = ContactInRows(tenant, id, *round);
  if (!before || !before->IsShown()) return;
  ContactModel after = *before;
  after.contact = Contact{};
  after.contact.id = id;
  after.withheld = true;
  ShowContact(tenant, before, std::move(after), round);
}

void Withhold(const TenantId& tenant, const UserId& id, Round* round) {
  const std::optional<UserModel> before = UserInRows(tenant, id, *round);
  if (!before) return;
  UserModel after = *before;
  after.username.clear();
  if (!before->credential_id.empty()) {  // its secret is one to erase
    round->Put(View::kReplaced, keys::Replaced(tenant, id, before->credential_id),
               before->credential_id);
  }
  ShowUser(tenant, before, std::move(after), round);
}

// The records before the erasure that are not applied yet may have begun further generations.
int64_t NewestGeneration(const Record& record, Sequence applied, const Round& round) {
  int64_t generation = GenerationOf(record, round);
  const auto contact = ContactIn(record.event);
  for (Sequence at = Next(applied); contact && at < record.envelope.sequence; at = Next(at)) {
    const auto bytes = round.Get(View::kRecords, keys::Record(record.envelope.tenant, at));
    const Result<Record> before = bytes ? DecodeRecord(*bytes) : Result<Record>(Error{});
    const auto* past = before ? std::get_if<PastErased>(&before->event) : nullptr;
    if (past != nullptr && past->contact_id == contact->id) {
      generation = std::max(generation, past->generation);
    }
  }
  return generation;
}

// Each view names the events that it does not show, so that the compiler notices a forgotten one.
std::optional<Erasure> ApplyToAll(const Record& record, TenantRow* tenant, Round* round) {
  // Only for erasures: most records look nothing up.
  const bool is_erasure = std::holds_alternative<PersonErased>(record.event);
  auto erasure = ErasureIn(record, tenant->last_contact_id.value,
                           is_erasure ? GenerationOf(record, *round) : 0);
  ApplyToTenant(record, tenant, *round);
  ApplyToContacts(record, round);
  ApplyToUsers(record, round);
  ApplyToTokens(record, round);
  ApplyToSuperseded(record, tenant, round);
  ApplyToActors(record, *tenant, round);
  ApplyKey(record, *tenant, round);
  return erasure;
}

}  // namespace

std::optional<Erasure> ApplyRecord(const Record& record, TenantRow* tenant, Round* round) {
  if (tenant->obeyed.value == 0) return ApplyToAll(record, tenant, round);
  Record withheld = record;
  WithholdErased(&withheld, *round);
  auto erasure = ApplyToAll(withheld, tenant, round);
  Settle(withheld, tenant, round);
  return erasure;
}

std::optional<Erasure> ObeyErasure(const Record& record, TenantRow* tenant, Round* round) {
  const auto* person = std::get_if<PersonErased>(&record.event);
  if (person == nullptr) return std::nullopt;
  const TenantId& id = record.envelope.tenant;
  const Sequence at = record.envelope.sequence;
  // Each record that is not applied yet may have made one contact.
  const int64_t last = tenant->last_contact_id.value + at.value - tenant->applied.value - 1;
  auto erasure = ErasureIn(record, last, NewestGeneration(record, tenant->applied, *round));
  if (erasure->contact) {
    const std::string key = keys::Contact(id, *erasure->contact);
    if (!round->Get(View::kObeyed, key)) round->Put(View::kObeyed, key, keys::Number(at.value));
    Withhold(id, *erasure->contact, round);
  }
  for (const std::string& actor : erasure->actors) {
    EraseActor(id, actor, at, round);
    Withhold(id, UserId{actor}, round);
  }
  tenant->obeyed = at;
  return erasure;
}

}  // namespace contacts
