#include "command/tenant_state.h"

namespace contacts {
namespace {

std::optional<Record> Decoded(const std::optional<std::string>& bytes) {
  if (!bytes) return std::nullopt;
  Result<Record> record = DecodeRecord(*bytes);
  if (!record) return std::nullopt;
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

TenantState::TenantState(const ViewLookup& lookup, TenantId tenant)
    : lookup_(lookup), tenant_(std::move(tenant)) {
  const TenantRow row = lookup_.Tenant(tenant_);
  head_ = Head{row.head, row.head_hash};
  time_ = row.time;
  model_ = row;
  parked_ = row.parked;
  closed_ = row.closed;
}

void TenantState::Apply(const Record& record, const Hash& hash) {
  head_ = Head{record.envelope.sequence, hash};
  time_ = record.envelope.time;
  if (record.envelope.idempotencykey) {
    keys_.try_emplace({record.envelope.actor, *record.envelope.idempotencykey}, head_.sequence);
  }
  records_.emplace(head_.sequence, record);
  Fold(record);
}

void TenantState::Fold(const Record& record) {
  model_ = Evolve(model_, record);
  if (const auto contact = ContactIn(record.event)) {
    const auto before = contact->begins ? std::nullopt : ContactById(contact->id);
    contacts_.Replace(head_.sequence, before, Evolve(before, record));
  }
  if (const auto user = UserIn(record.event)) {
    const auto before = user->begins ? std::nullopt : UserById(user->id);
    users_.Replace(head_.sequence, before, Evolve(before, record));
  }
  if (const auto token = TokenIn(record.event)) {
    const auto before = token->begins ? std::nullopt : TokenById(token->id);
    tokens_.Replace(head_.sequence, before, Evolve(before, record));
  }
  if (const auto parent = DisownedIn(record.event)) {
    disowned_.insert_or_assign(*parent, head_.sequence);
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

std::optional<Record> TenantState::FirstUse(const std::string& actor,
                                            const std::string& key) const {
  if (const auto sequence = lookup_.SequenceOfKey(tenant_, actor, key)) {
    return RecordAt(*sequence);
  }
  const auto it = keys_.find({actor, key});
  return it != keys_.end() ? RecordAt(it->second) : std::nullopt;
}

std::optional<Record> TenantState::RecordAt(Sequence sequence) const {
  if (const auto it = records_.find(sequence); it != records_.end()) return it->second;
  return Decoded(lookup_.RecordAt(tenant_, sequence));
}

std::optional<SupersededChain> TenantState::OrphansOn(const Hash& parent) const {
  if (disowned_.contains(parent)) return std::nullopt;
  return lookup_.OrphansOn(tenant_, parent);
}

}  // namespace contacts
