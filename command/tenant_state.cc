#include "command/tenant_state.h"

namespace contacts {
namespace {

std::optional<Record> Decoded(const std::optional<std::string>& bytes) {
  if (!bytes) return std::nullopt;
  Result<Record> record = DecodeRecord(*bytes);
  if (!record) return std::nullopt;
  return std::move(record).value();
}

}  // namespace

TenantState::TenantState(const Registry& registry, TenantId tenant)
    : registry_(registry), tenant_(std::move(tenant)) {
  const TenantRow row = registry_.Tenant(tenant_);
  head_ = Head{row.head, row.head_hash};
  time_ = row.time;
  contacts_ = row.contacts;
  users_ = row.users;
  contact_limit_ = row.contact_limit;
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
  std::visit([this](const auto& event) { Evolve(event); }, record.event);
}

void TenantState::Settle(Sequence position) {
  while (!records_.empty() && records_.begin()->first <= position) {
    records_.erase(records_.begin());
  }
  if (records_.empty()) {
    emails_.clear();
    users_by_name_.clear();
    disowned_.clear();
    names_by_user_.clear();
    tokens_by_name_.clear();
    keys_.clear();
    return;
  }
  // A pending record is one command; under lasting load these stay as small as what is in flight.
  std::erase_if(emails_, [&](const auto& e) { return e.second.first <= position; });
  std::erase_if(users_by_name_, [&](const auto& u) {
    const bool settled = u.second.first <= position;
    if (settled) names_by_user_.erase(u.second.second.user_id);
    return settled;
  });
  std::erase_if(tokens_by_name_, [&](const auto& t) { return t.second.first <= position; });
  std::erase_if(keys_, [&](const auto& k) { return k.second <= position; });
  std::erase_if(disowned_, [&](const auto& d) { return d.second <= position; });
}

std::optional<ContactId> TenantState::ContactByEmail(const std::string& folded) const {
  if (const auto it = emails_.find(folded); it != emails_.end()) return it->second.second;
  return registry_.ContactByEmail(tenant_, folded);
}

std::optional<UserRow> TenantState::UserByName(const std::string& name) const {
  if (const auto it = users_by_name_.find(name); it != users_by_name_.end()) {
    return it->second.second;
  }
  return registry_.UserByName(tenant_, name);
}

std::optional<UserRow> TenantState::UserById(const UserId& id) const {
  if (const auto it = names_by_user_.find(id); it != names_by_user_.end()) {
    return users_by_name_.at(it->second).second;
  }
  return registry_.UserById(tenant_, id);
}

std::optional<TokenRow> TenantState::TokenByName(const std::string& name) const {
  if (const auto it = tokens_by_name_.find(name); it != tokens_by_name_.end()) {
    return it->second.second;
  }
  return registry_.TokenByName(tenant_, name);
}

std::optional<Record> TenantState::FirstUse(const std::string& actor,
                                            const std::string& key) const {
  if (const auto sequence = registry_.SequenceOfKey(tenant_, actor, key)) {
    return RecordAt(*sequence);
  }
  const auto it = keys_.find({actor, key});
  return it != keys_.end() ? RecordAt(it->second) : std::nullopt;
}

std::optional<Record> TenantState::RecordAt(Sequence sequence) const {
  if (const auto it = records_.find(sequence); it != records_.end()) return it->second;
  return Decoded(registry_.RecordAt(tenant_, sequence));
}

std::optional<SupersededChain> TenantState::OrphansOn(const Hash& parent) const {
  if (disowned_.contains(parent)) return std::nullopt;
  return registry_.OrphansOn(tenant_, parent);
}

void TenantState::Evolve(const ChainDisowned& event) {
  disowned_.insert_or_assign(event.parent, head_.sequence);
}

void TenantState::Evolve(const ContactCreated& event) {
  ++contacts_;
  emails_.insert_or_assign(FoldEmail(event.fields.email), std::pair(head_.sequence, event.id));
  if (event.account) {
    AddUser({event.account->user_id, event.account->username, UserState{event.account->role, false},
             event.id, ""});
  }
}

void TenantState::Evolve(const UserAdded& event) {
  AddUser({event.user_id, event.username, UserState{event.role, false}, event.contact_id, ""});
}

void TenantState::Evolve(const UserChanged& event) {
  if (UserRow* user = UserForChange(event.user_id)) user->state = event.after;
}

void TenantState::Evolve(const PasswordSet& event) {
  UserRow* user = UserForChange(event.user_id);
  if (user == nullptr) return;
  user->credential_id = event.credential_id;
  user->invitation.reset();
}

void TenantState::Evolve(const InvitationIssued& event) {
  if (UserRow* user = UserForChange(event.user_id)) {
    user->invitation = Invitation{event.hash, event.expires};
  }
}

void TenantState::Evolve(const TokenIssued& event) {
  tokens_by_name_[event.name] = {head_.sequence, TokenRow{event.token_id, event.name, event.scope,
                                                          event.expires, event.hash, false}};
}

void TenantState::Evolve(const TokenRevoked& event) {
  tokens_by_name_[event.name] = {head_.sequence, std::nullopt};
}

void TenantState::AddUser(UserRow user) {
  ++users_;
  names_by_user_[user.user_id] = user.username;
  users_by_name_.insert_or_assign(user.username, std::pair(head_.sequence, user));
}

UserRow* TenantState::UserForChange(const UserId& id) {
  if (const auto it = names_by_user_.find(id); it != names_by_user_.end()) {
    auto& [sequence, user] = users_by_name_.at(it->second);
    sequence = head_.sequence;
    return &user;
  }
  std::optional<UserRow> user = registry_.UserById(tenant_, id);
  if (!user) return nullptr;
  names_by_user_[id] = user->username;
  auto& slot = users_by_name_[user->username];
  slot = {head_.sequence, *std::move(user)};
  return &slot.second;
}

}  // namespace contacts
