// One tenant as a command sees it: the read models, and over them the records that are pending.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "events/history.h"
#include "events/record.h"
#include "projections/registry.h"

namespace contacts {

// One thread, the one that applies. Throws StoreFailure.
class TenantState {
 public:
  TenantState(const Registry& registry, TenantId tenant);

  // Adds a record on top. It must be the next of this state's head.
  void Apply(const Record& record, const Hash& hash);
  // The read models have this position now: what is kept on top for records up to it is dropped.
  void Settle(Sequence position);

  const TenantId& tenant() const { return tenant_; }
  const Head& head() const { return head_; }
  Timestamp time() const { return time_; }
  int64_t contacts() const { return contacts_; }
  int64_t users() const { return users_; }
  std::optional<int64_t> contact_limit() const { return contact_limit_; }
  const std::string& parked() const { return parked_; }
  // Why it takes no writes but what opens it again, as of the last CheckClosed; empty: it does.
  const std::string& closed() const { return closed_; }
  // Entries that are no history can close it, and open it again.
  void CheckClosed() { closed_ = registry_.Tenant(tenant_).closed; }

  std::optional<ContactId> ContactByEmail(const std::string& folded) const;
  std::optional<UserRow> UserByName(const std::string& name) const;
  std::optional<UserRow> UserById(const UserId& id) const;
  // The live token of that name.
  std::optional<TokenRow> TokenByName(const std::string& name) const;
  // The record that answered this key of this actor first.
  std::optional<Record> FirstUse(const std::string& actor, const std::string& key) const;
  std::optional<Record> RecordAt(Sequence sequence) const;
  // The longest chain of orphans on `parent` that is not disowned.
  std::optional<SupersededChain> OrphansOn(const Hash& parent) const;

 private:
  void Evolve(const ContactCreated& event);
  void Evolve(const UserAdded& event);
  void Evolve(const UserChanged& event);
  void Evolve(const PasswordSet& event);
  void Evolve(const SessionsEnded&) {}  // nothing is decided on it
  void Evolve(const InvitationIssued& event);
  void Evolve(const TokenIssued& event);
  void Evolve(const TokenRevoked& event);
  void Evolve(const TenantLimited& event) { contact_limit_ = event.contacts; }
  void Evolve(const CommandRefused&) {}
  void Evolve(const NothingChanged&) {}
  void Evolve(const ChainDisowned& event);
  void AddUser(UserRow user);
  UserRow* UserForChange(const UserId& id);

  const Registry& registry_;
  const TenantId tenant_;
  Head head_;
  Timestamp time_;
  int64_t contacts_ = 0;
  int64_t users_ = 0;
  std::optional<int64_t> contact_limit_;
  std::string parked_;
  std::string closed_;

  // What the pending records changed, each with the position that did.
  std::map<std::string, std::pair<Sequence, ContactId>> emails_;
  std::map<std::string, std::pair<Sequence, UserRow>> users_by_name_;
  std::map<Hash, Sequence> disowned_;  // chains, by what they are chained on
  std::map<UserId, std::string> names_by_user_;
  std::map<std::string, std::pair<Sequence, std::optional<TokenRow>>> tokens_by_name_;
  std::map<std::pair<std::string, std::string>, Sequence> keys_;
  std::map<Sequence, Record> records_;
};

}  // namespace contacts
