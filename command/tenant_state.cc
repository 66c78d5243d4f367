#include "command/tenant_state.h"

#include "events/sealed_record.h"
#include "events/values/month.h"

namespace contacts {
namespace {

std::optional<Record> Decoded(const std::optional<std::string>& bytes, seal::Keyring& keyring) {
  if (!bytes) return std::nullopt;
  Result<Record> record = DecodeRecord(*bytes);
  if (!record) return std::nullopt;
  (void)OpenData(&*record, keyring);
  (void)OpenActor(&*record, keyring);
  return std::move(record).value();
}

// The pending state of a subject, or the row of the read models if no pending record changed it.
template <class Id, class Model, class Row>
std::optional<Model> Newest(const Overlay<Id, Model>& pending, std::optional<Row> row) {
  if (!row) return std::nullopt;
  if (const auto* newer = pending.Find(IdOf(*row))) return *newer;
  return *std::move(row);
}

}  // namespace

TenantState::TenantState(const ViewLookup& lookup, seal::Keyring& keyring, TenantId tenant)
    : lookup_(lookup), keyring_(keyring), tenant_(std::move(tenant)) {
  const TenantRow row = lookup_.Tenant(tenant_);
  head_ = Head{row.head, row.head_hash};
  time_ = row.time;
  model_ = row;
  parked_ = row.parked;
  closed_ = row.closed;
  key_tree_ = row.keys;
}

std::optional<std::string> TenantState::keys() const {
  const auto tree = keyring_.TreeInUse(tenant_, key_tree_);
  return tree ? std::optional(seal::ToHex(*tree)) : std::nullopt;
}

void TenantState::Apply(const Record& record, const Hash& hash) {
  head_ = Head{record.envelope.sequence, hash};
  time_ = record.envelope.time;
  if (record.envelope.idempotencykey && !IsMonthErased(record)) {
    keys_.try_emplace({record.envelope.actor, *record.envelope.idempotencykey}, head_.sequence);
  }
  if (record.envelope.keys) key_tree_ = *record.envelope.keys;
  records_.emplace(head_.sequence, record);
  Fold(record);
}

void TenantState::Fold(const Record& record) {
  const Removed removed = RemovedBy(
      record, [&](ContactId id) { return ContactById(id); },
      [&](const UserId& id) { return UserById(id); });
  model_ = Evolve(model_, record, removed);
  if (const auto contact = ContactIn(record.event)) {
    const auto before = contact->begins ? std::nullopt : ContactById(contact->id);
    contacts_.Replace(head_.sequence, before, Evolve(before, record));
  }
  for (const auto& user : UsersIn(record.event)) {
    const auto before = user.begins ? std::nullopt : UserById(user.id);
    users_.Replace(head_.sequence, before, Evolve(before, record));
  }
  if (const auto token = TokenIn(record.event)) {
    const auto before = token->begins ? std::nullopt : TokenById(token->id);
    tokens_.Replace(head_.sequence, before, Evolve(before, record));
  }
  if (const auto parent = DisownedIn(record.event)) {
    disowned_.insert_or_assign(*parent, head_.sequence);
  }
  NoteActors(record);
}

void TenantState::NoteActors(const Record& record) {
  const auto note = [&](ContactId contact, const std::string& actor) {
    seen_.insert_or_assign({contact, actor}, head_.sequence);
  };
  if (record.envelope.actorcontact) note(*record.envelope.actorcontact, record.envelope.actor);
  if (const auto* created = std::get_if<ContactCreated>(&record.event);
      created != nullptr && created->account) {
    note(created->id, created->account->user_id.value);
  }
  if (const auto* added = std::get_if<UserAdded>(&record.event);
      added != nullptr && added->contact_id) {
    note(*added->contact_id, added->user_id.value);
  }
  if (std::holds_alternative<MonthErased>(record.event)) {  // as the views do
    std::erase_if(keys_, [&](const auto& key) { return IsMonthErased(records_.at(key.second)); });
  }
  const auto* erased = std::get_if<PersonErased>(&record.event);
  if (erased == nullptr) return;
  for (const std::string& actor : erased->actors) {
    erased_actors_.try_emplace(actor, head_.sequence);
    // As the views do: an erased actor has no keys.
    std::erase_if(keys_, [&](const auto& key) { return key.first.first == actor; });
  }
}

void TenantState::Settle(Sequence position) {
  while (!records_.empty() && records_.begin()->first <= position) {
    records_.erase(records_.begin());
  }
  // These maps hold a few entries for each command in flight, so a scan is cheap under any load.
  contacts_.Settle(position);
  users_.Settle(position);
  tokens_.Settle(position);
  std::erase_if(keys_, [&](const auto& k) { return k.second <= position; });
  std::erase_if(seen_, [&](const auto& s) { return s.second <= position; });
  std::erase_if(erased_actors_, [&](const auto& a) { return a.second <= position; });
  std::erase_if(disowned_, [&](const auto& d) { return d.second <= position; });
}

std::optional<ContactId> TenantState::ContactByEmail(const std::string& folded) const {
  if (const auto* pending = contacts_.FindName(folded)) return *pending;
  return lookup_.ContactByEmail(tenant_, folded);
}

std::optional<ContactModel> TenantState::ContactById(ContactId id) const {
  if (const auto* pending = contacts_.Find(id)) return *pending;
  return lookup_.WholeContact(tenant_, id);
}

std::optional<UserModel> TenantState::UserByName(const std::string& typed) const {
  for (const std::string& name : SpellingsOf(typed)) {
    if (auto user = UserOfName(name)) return user;
  }
  return std::nullopt;
}

// The overlay needs one entry for each name, because pending records hold folded names.
std::optional<UserModel> TenantState::UserOfName(const std::string& name) const {
  if (const auto* pending = users_.FindName(name)) {
    return *pending ? UserById(**pending) : std::nullopt;
  }
  return Newest(users_, lookup_.UserByName(tenant_, name));
}

std::optional<UserModel> TenantState::UserById(const UserId& id) const {
  if (const auto* pending = users_.Find(id)) return *pending;
  return lookup_.UserById(tenant_, id);
}

std::optional<TokenModel> TenantState::TokenByName(const std::string& name) const {
  if (const auto* pending = tokens_.FindName(name)) {
    return *pending ? TokenById(**pending) : std::nullopt;
  }
  return Newest(tokens_, lookup_.TokenByName(tenant_, name));
}

std::optional<TokenModel> TenantState::TokenById(const std::string& id) const {
  if (const auto* pending = tokens_.Find(id)) return *pending;
  return lookup_.TokenById(tenant_, id);
}

std::optional<Sequence> TenantState::ErasureOf(const std::string& actor) const {
  if (const auto at = lookup_.ErasureOf(tenant_, actor)) return at;
  const auto pending = erased_actors_.find(actor);
  return pending == erased_actors_.end() ? std::nullopt : std::optional(pending->second);
}

std::set<std::string> TenantState::ActorsOf(ContactId contact) const {
  const std::vector<std::string> known = lookup_.ActorsOf(tenant_, contact);
  std::set<std::string> actors(known.begin(), known.end());
  for (const auto& [pair, at] : seen_) {
    if (pair.first == contact) actors.insert(pair.second);
  }
  return actors;
}

std::set<ContactId> TenantState::ContactsOf(const std::string& actor) const {
  const std::vector<ContactId> known = lookup_.ContactsOf(tenant_, actor);
  std::set<ContactId> contacts(known.begin(), known.end());
  for (const auto& [pair, at] : seen_) {
    if (pair.second == actor) contacts.insert(pair.first);
  }
  return contacts;
}

std::optional<Record> TenantState::FirstUse(const std::string& actor,
                                            const std::string& key) const {
  if (const auto sequence = lookup_.SequenceOfKey(tenant_, actor, key)) {
    auto record = RecordAt(*sequence);
    if (!record || !IsMonthErased(*record)) return record;  // else a pending record erases it
  }
  const auto it = keys_.find({actor, key});
  return it != keys_.end() ? RecordAt(it->second) : std::nullopt;
}

bool TenantState::IsMonthErased(const Record& record) const {
  return MonthOf(record.envelope.time) < model_.months_erased;
}

std::optional<Record> TenantState::RecordAt(Sequence sequence) const {
  const auto it = records_.find(sequence);
  auto record = it != records_.end() ? std::optional(it->second)
                                     : Decoded(lookup_.RecordAt(tenant_, sequence), keyring_);
  if (record && IsErased(*record)) record->data_withheld = true;
  return record;
}

// The keys are there until the erasure is history, and the plain text of a pending record is.
bool TenantState::IsErased(const Record& record) const {
  const DataOwner owner = DataOwnerOf(record.event);
  if (owner.user && ErasureOf(owner.user->value)) return true;
  const auto contact = owner.contact ? ContactById(*owner.contact) : std::nullopt;
  if (!contact) return false;
  const auto* past = std::get_if<PastErased>(&record.event);
  const int64_t generation = past != nullptr ? past->generation : record.generation;
  return contact->IsErased() || generation < contact->generation;
}

std::optional<SupersededChain> TenantState::OrphansOn(const Hash& parent) const {
  if (disowned_.contains(parent)) return std::nullopt;
  return lookup_.OrphansOn(tenant_, parent);
}

}  // namespace contacts
