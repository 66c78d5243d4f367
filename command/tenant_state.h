// One tenant as a command sees it: the read models, and over them the records that are pending.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "command/overlay.h"
#include "events/history.h"
#include "events/model/contact_model.h"
#include "events/model/tenant_model.h"
#include "events/model/token_model.h"
#include "events/model/user_model.h"
#include "events/record.h"
#include "projections/view_lookup.h"

namespace contacts {

// One thread, the one that applies. Throws StoreFailure.
class TenantState {
 public:
  TenantState(const ViewLookup& lookup, TenantId tenant);

  // Adds a record on top. It must be the next of this state's head.
  void Apply(const Record& record, const Hash& hash);
  // The read models have this position now: what is kept on top for records up to it is dropped.
  void Settle(Sequence position);

  const TenantId& tenant() const { return tenant_; }
  const Head& head() const { return head_; }
  Timestamp time() const { return time_; }
  // The counts and the limit.
  const TenantModel& model() const { return model_; }
  const std::string& parked() const { return parked_; }
  // Why it takes no writes but what opens it again, as of the last CheckClosed; empty: it does.
  const std::string& closed() const { return closed_; }
  // Entries that are no history can close it, and open it again.
  void CheckClosed() { closed_ = lookup_.Tenant(tenant_).closed; }

  std::optional<ContactId> ContactByEmail(const std::string& folded) const;
  // The user whom somebody means who types this name (SpellingsOf). A new user's must mean nobody.
  std::optional<UserModel> UserByName(const std::string& typed) const;
  std::optional<UserModel> UserById(const UserId& id) const;
  // The live token of that name.
  std::optional<TokenModel> TokenByName(const std::string& name) const;
  // The record that answered this key of this actor first.
  std::optional<Record> FirstUse(const std::string& actor, const std::string& key) const;
  std::optional<Record> RecordAt(Sequence sequence) const;
  // The longest chain of orphans on `parent` that is not disowned.
  std::optional<SupersededChain> OrphansOn(const Hash& parent) const;

 private:
  void Fold(const Record& record);
  std::optional<ContactModel> ContactById(ContactId id) const;
  std::optional<UserModel> UserOfName(const std::string& name) const;
  std::optional<TokenModel> TokenById(const std::string& id) const;

  const ViewLookup& lookup_;
  const TenantId tenant_;
  Head head_;
  Timestamp time_;
  TenantModel model_;
  std::string parked_;
  std::string closed_;

  // The changes of the pending records.
  Overlay<ContactId, ContactModel> contacts_;
  Overlay<UserId, UserModel> users_;
  Overlay<std::string, TokenModel> tokens_;
  std::map<Hash, Sequence> disowned_;  // chains, by what they are chained on
  std::map<std::pair<std::string, std::string>, Sequence> keys_;
  std::map<Sequence, Record> records_;
};

}  // namespace contacts
