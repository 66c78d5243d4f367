// The state of one tenant that commands are decided on: the read models, and the pending records
// over them.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "command/overlay.h"
#include "events/history.h"
#include "events/model/contact_model.h"
#include "events/model/tenant_model.h"
#include "events/model/token_model.h"
#include "events/model/user_model.h"
#include "events/record.h"
#include "events/seal/keyring.h"
#include "projections/view_lookup.h"

namespace contacts {

// One thread, the one that applies the log. Throws StoreFailure.
class TenantState {
 public:
  // Both must outlive this.
  TenantState(const ViewLookup& lookup, seal::Keyring& keyring, TenantId tenant);

  // Adds a pending record, which must continue this state's head.
  void Apply(const Record& record, const Hash& hash);
  // Drops the pending records up to `position`, because the read models now have them.
  void Settle(Sequence position);

  const TenantId& tenant() const { return tenant_; }
  const Head& head() const { return head_; }
  Timestamp time() const { return time_; }
  // The counts and the limit.
  const TenantModel& model() const { return model_; }
  const std::string& parked() const { return parked_; }
  // Why the tenant takes only DisownChain, as of the last CheckClosed; empty: it is not closed.
  const std::string& closed() const { return closed_; }
  // Reads `closed` again, because entries that are not history can close a tenant, and open it
  // again.
  void CheckClosed() { closed_ = lookup_.Tenant(tenant_).closed; }

  std::optional<ContactId> ContactByEmail(const std::string& folded) const;
  // The contact, also one that is not shown; nullopt: it never existed.
  std::optional<ContactModel> ContactById(ContactId id) const;
  // The user that a typed name means (SpellingsOf). A new user's name must not mean any user.
  std::optional<UserModel> UserByName(const std::string& typed) const;
  std::optional<UserModel> UserById(const UserId& id) const;
  // The token of that name that is not revoked.
  std::optional<TokenModel> TokenByName(const std::string& name) const;
  // The key tree for the next record (Keyring::TreeInUse); nullopt: the tenant has none.
  std::optional<std::string> keys() const;
  // The record that erased the actor first; nullopt: it is not erased.
  std::optional<Sequence> ErasureOf(const std::string& actor) const;
  // The contact's accounts, and the actors that were seen with it; each once.
  std::set<std::string> ActorsOf(ContactId contact) const;
  // The contacts whose account the actor is, or that it was seen with; each once.
  std::set<ContactId> ContactsOf(const std::string& actor) const;
  // The record that first answered this key of this actor since the newest erased month, opened as
  // far as its keys are there. It is withheld if a pending record erases it.
  std::optional<Record> FirstUse(const std::string& actor, const std::string& key) const;
  // The month of the record was erased: nobody knows any more who made it, by which key.
  bool IsMonthErased(const Record& record) const;
  std::optional<Record> RecordAt(Sequence sequence) const;
  // The position is of a part of history that was lost when an older copy of the log was put back.
  bool IsLost(const Position& position) const {
    return lookup_.Find(tenant_, position) == PositionIs::kLost;
  }
  // The longest chain of orphans on `parent` that is not disowned.
  std::optional<SupersededChain> OrphansOn(const Hash& parent) const;

 private:
  void Fold(const Record& record);
  bool IsErased(const Record& record) const;
  void NoteActors(const Record& record);
  std::optional<UserModel> UserOfName(const std::string& name) const;
  std::optional<TokenModel> TokenById(const std::string& id) const;

  const ViewLookup& lookup_;
  seal::Keyring& keyring_;
  const TenantId tenant_;
  Head head_;
  Timestamp time_;
  TenantModel model_;
  std::string parked_;
  std::string closed_;
  std::string key_tree_;  // empty: no record named one

  // The changes of the pending records.
  Overlay<ContactId, ContactModel> contacts_;
  Overlay<UserId, UserModel> users_;
  Overlay<std::string, TokenModel> tokens_;
  std::map<std::pair<ContactId, std::string>, Sequence> seen_;  // accounts, too
  std::map<std::string, Sequence> erased_actors_;
  std::map<Hash, Sequence> disowned_;  // by the hash that the disowned chain is chained on
  std::map<std::pair<std::string, std::string>, Sequence> keys_;
  std::map<Sequence, Record> records_;
};

}  // namespace contacts
