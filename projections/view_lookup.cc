#include "projections/view_lookup.h"

#include "events/rows/row_archive.h"
#include "projections/store/keys.h"
#include "projections/views/superseded_chains.h"

namespace contacts {
namespace {

// `from_row`: FromRow or FrontFromRow.
template <class Row>
std::optional<Row> Read(const ViewReader& views, View view, const std::string& key,
                        bool (*from_row)(std::string_view, Row*) = FromRow<Row>) {
  const std::optional<std::string> bytes = views.Get(view, key);
  if (!bytes) return std::nullopt;
  Row row;
  if (!from_row(*bytes, &row)) {
    throw StoreFailure(std::string("a row of the view ") + NameOf(view) + " does not read");
  }
  return row;
}

}  // namespace

TenantRow ViewLookup::Tenant(const TenantId& tenant) const {
  return Read<TenantRow>(views_, View::kTenants, keys::Tenant(tenant)).value_or(TenantRow{});
}

std::optional<ContactId> ViewLookup::ContactByEmail(const TenantId& tenant,
                                                    std::string_view folded) const {
  const auto value = views_.Get(View::kEmails, keys::Email(tenant, folded));
  if (!value) return std::nullopt;
  return ContactId{keys::NumberFrom(*value)};
}

std::optional<ListedContact> ViewLookup::ContactById(const TenantId& tenant, ContactId id) const {
  return Read<ListedContact>(views_, View::kContacts, keys::Contact(tenant, id), FrontFromRow);
}

std::optional<ContactModel> ViewLookup::WholeContact(const TenantId& tenant, ContactId id) const {
  auto row = Read<ContactRow>(views_, View::kContacts, keys::Contact(tenant, id));
  if (!row) return std::nullopt;
  return ContactModel{std::move(row->contact), row->changed};
}

std::optional<UserRow> ViewLookup::UserById(const TenantId& tenant, const UserId& id) const {
  return Read<UserRow>(views_, View::kUsers, keys::User(tenant, id));
}

std::optional<UserRow> ViewLookup::UserByName(const TenantId& tenant, std::string_view name) const {
  const auto id = views_.Get(View::kUserNames, keys::UserName(tenant, name));
  if (!id) return std::nullopt;
  return UserById(tenant, UserId{*id});
}

std::optional<UserRow> ViewLookup::UserAsTyped(const TenantId& tenant,
                                               const std::string& typed) const {
  for (const std::string& name : SpellingsOf(typed)) {
    if (auto user = UserByName(tenant, name)) return user;
  }
  return std::nullopt;
}

std::optional<UserId> ViewLookup::AccountOf(const TenantId& tenant, ContactId contact) const {
  auto id = views_.Get(View::kAccounts, keys::Account(tenant, contact));
  if (!id) return std::nullopt;
  return UserId{*std::move(id)};
}

std::optional<TokenRow> ViewLookup::TokenById(const TenantId& tenant, std::string_view id) const {
  return Read<TokenRow>(views_, View::kTokens, keys::Token(tenant, id));
}

std::optional<TokenRow> ViewLookup::TokenByName(const TenantId& tenant,
                                                std::string_view name) const {
  const auto id = views_.Get(View::kTokenNames, keys::TokenName(tenant, name));
  if (!id) return std::nullopt;
  return TokenById(tenant, *id);
}

std::optional<Sequence> ViewLookup::SequenceOfKey(const TenantId& tenant, std::string_view actor,
                                                  std::string_view key) const {
  const auto value = views_.Get(View::kKeys, keys::Idempotency(tenant, actor, key));
  if (!value) return std::nullopt;
  return Sequence{keys::NumberFrom(*value)};
}

std::optional<SupersededChain> ViewLookup::OrphansOn(const TenantId& tenant,
                                                     const Hash& parent) const {
  const auto row = Read<SupersededRow>(views_, View::kSuperseded, keys::Tenant(tenant));
  if (!row) return std::nullopt;
  const SupersededChain* orphans = contacts::OrphansOn(parent, *row);
  return orphans == nullptr ? std::nullopt : std::optional(*orphans);
}

std::optional<std::string> ViewLookup::RecordAt(const TenantId& tenant, Sequence sequence) const {
  return views_.Get(View::kRecords, keys::Record(tenant, sequence));
}

}  // namespace contacts
