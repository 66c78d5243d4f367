#include "projections/view_lookup.h"

#include <algorithm>
#include <set>

#include "events/rows/row_archive.h"
#include "projections/store/keys.h"
#include "projections/views/superseded_chains.h"

namespace contacts {
namespace {

[[noreturn]] void Unreadable(View view) {
  throw StoreFailure(std::string("a row of the view ") + NameOf(view) + " does not read");
}

// `from_row`: FromRow or FrontFromRow.
template <class Row>
std::optional<Row> Read(const ViewReader& views, View view, const std::string& key,
                        bool (*from_row)(std::string_view, Row*) = FromRow<Row>) {
  const std::optional<std::string> bytes = views.Get(view, key);
  if (!bytes) return std::nullopt;
  Row row;
  if (!from_row(*bytes, &row)) Unreadable(view);
  return row;
}

}  // namespace

TenantRow ViewLookup::Tenant(const TenantId& tenant) const {
  return Read<TenantRow>(views_, View::kTenants, keys::Tenant(tenant)).value_or(TenantRow{});
}

int64_t ViewLookup::Epoch() const {
  int64_t epoch = kFirstEpoch;
  views_.Scan(View::kCheckpoints, "", "", [&](std::string_view, std::string_view value) {
    CheckpointRow row;
    if (!FromRow(value, &row)) throw StoreFailure("a checkpoint does not read");
    epoch = std::max(epoch, row.epoch);
    return true;
  });
  return epoch;
}

PositionIs ViewLookup::Find(const TenantId& tenant, const Position& position) const {
  TenantRow row = Tenant(tenant);
  const auto is_lost = [&] { return position.epoch != EpochOf(row.epochs, position.sequence); };
  if (position.sequence > row.head) {
    // Read before the tenant is read again, which is then at least as new.
    const int64_t epoch = Epoch();
    row = Tenant(tenant);
    if (position.sequence > row.head) {
      return position.epoch < epoch ? PositionIs::kLost : PositionIs::kBeyond;
    }
  }
  if (is_lost()) return PositionIs::kLost;
  return position.sequence <= row.applied ? PositionIs::kApplied : PositionIs::kAhead;
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
  const std::string key = keys::Contact(tenant, id);
  if (auto row = Read<ContactRow>(views_, View::kContacts, key)) return ModelOf(*std::move(row));
  if (auto row = Read<TombstoneRow>(views_, View::kTombstones, key)) return ModelOf(id, *row);
  return std::nullopt;
}

std::optional<Sequence> ViewLookup::ErasureOf(const TenantId& tenant, ContactId id) const {
  const std::string key = keys::Contact(tenant, id);
  const auto row = Read<TombstoneRow>(views_, View::kTombstones, key);
  if (row && row->erased.value > 0) return row->erased;
  if (const auto obeyed = views_.Get(View::kObeyed, key))
    return Sequence{keys::NumberFrom(*obeyed)};
  return std::nullopt;
}

std::optional<Sequence> ViewLookup::ErasureOf(const TenantId& tenant,
                                              std::string_view actor) const {
  const auto at = views_.Get(View::kErasedActors, keys::Actor(tenant, actor));
  if (!at) return std::nullopt;
  return Sequence{keys::NumberFrom(*at)};
}

std::vector<std::string> ViewLookup::ActorsOf(const TenantId& tenant, ContactId contact) const {
  std::vector<std::string> actors;
  if (auto user = AccountOf(tenant, contact)) actors.push_back(std::move(user->value));
  const std::string beginning = keys::SeenWith(tenant, contact);
  views_.Scan(View::kSeen, beginning, keys::EndOf(beginning),
              [&](std::string_view key, std::string_view) {
                actors.emplace_back(keys::PartAfter(beginning, key));
                return true;
              });
  return actors;
}

std::vector<ContactId> ViewLookup::ContactsOf(const TenantId& tenant,
                                              std::string_view actor) const {
  std::vector<ContactId> contacts;
  const auto user = UserById(tenant, UserId{std::string(actor)});
  if (user && user->contact_id) contacts.push_back(*user->contact_id);
  const std::string beginning = keys::SeenBy(tenant, actor);
  views_.Scan(View::kSeen, beginning, keys::EndOf(beginning),
              [&](std::string_view key, std::string_view) {
                contacts.push_back(ContactId{keys::NumberOf(key)});
                return true;
              });
  return contacts;
}

std::vector<std::pair<ContactId, Sequence>> ViewLookup::Holds(const TenantId& tenant) const {
  std::vector<std::pair<ContactId, Sequence>> holds;
  views_.Scan(
      View::kHolds, keys::Tenant(tenant), keys::TenantEnd(tenant),
      [&](std::string_view key, std::string_view value) {
        holds.push_back({ContactId{keys::NumberOf(key)}, Sequence{keys::NumberFrom(value)}});
        return true;
      });
  return holds;
}

std::vector<Sequence> ViewLookup::RecordsOf(const TenantId& tenant, ContactId contact,
                                            Sequence after, Sequence last, size_t most) const {
  std::vector<Sequence> records;
  if (most == 0) return records;
  views_.Scan(View::kContactRecords, keys::ContactRecord(tenant, contact, Next(after)),
              keys::ContactRecord(tenant, contact, Next(last)),
              [&](std::string_view key, std::string_view) {
                records.push_back(Sequence{keys::NumberOf(key)});
                return records.size() < most;
              });
  return records;
}

std::vector<std::string> ViewLookup::RecipientsOf(const TenantId& tenant, ContactId contact,
                                                  Sequence first) const {
  std::set<std::string> recipients;
  for (const ContactId of : {contact, ContactId{}}) {
    const std::string beginning = keys::Contact(tenant, of);
    views_.Scan(View::kDisclosures, beginning, keys::EndOf(beginning),
                [&](std::string_view, std::string_view value) {
                  DisclosureRow row;
                  if (!FromRow(value, &row)) Unreadable(View::kDisclosures);
                  if (row.to >= first) recipients.insert(row.recipient);
                  return true;
                });
  }
  return {recipients.begin(), recipients.end()};
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
