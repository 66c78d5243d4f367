// The keys of the views' rows. Each row's key starts with its tenant, so that one tenant's rows
// are neighbours and no lookup can reach another tenant's.
//
//   key        = tenant 00 part          (a tenant holds no 00)
//   checkpoints  partition, big-endian in 4 bytes; no tenant
//   tenants      tenant 00
//   contacts     tenant 00 id            id: big-endian in 8 bytes, so that rows are in order
//   mentions     tenant 00 id
//   emails       tenant 00 folded e-mail
//   users        tenant 00 user id
//   user names   tenant 00 name        as stored, and as FoldUserName folds it
//   keys         tenant 00 length actor key   length of the actor's bytes: big-endian in 4 bytes
//   records      tenant 00 sequence      big-endian in 8 bytes
//   superseded   tenant 00
//   foreign      partition, as checkpoints
//   accounts     tenant 00 contact id    big-endian in 8 bytes
//   tokens       tenant 00 token id
//   token names  tenant 00 name
//   replaced     tenant 00 user id 00 credential id
//   tombstones   tenant 00 id
//   holds        tenant 00 id
//   seen         tenant 00 "c" id actor  and  tenant 00 "a" length actor id   as in contacts, keys
//   erased actors  tenant 00 actor
//   disclosures  tenant 00 id sequence   both big-endian in 8 bytes; id 0: of all contacts
//   obeyed       tenant 00 id
//   contact records  tenant 00 id sequence   as disclosures
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "events/values/ids.h"

namespace contacts::keys {

std::string Partition(int partition);
int PartitionFrom(std::string_view key);
std::string Tenant(const TenantId& tenant);
std::string Contact(const TenantId& tenant, ContactId id);
std::string Email(const TenantId& tenant, std::string_view folded);
std::string User(const TenantId& tenant, const UserId& id);
std::string UserName(const TenantId& tenant, std::string_view name);
std::string Idempotency(const TenantId& tenant, std::string_view actor, std::string_view key);
std::string Record(const TenantId& tenant, Sequence sequence);
std::string Account(const TenantId& tenant, ContactId id);
std::string Token(const TenantId& tenant, std::string_view id);
std::string TokenName(const TenantId& tenant, std::string_view name);
// With "" and "\x7f" as the credential's id, it returns the bounds of a user's rows.
std::string Replaced(const TenantId& tenant, const UserId& user, std::string_view credential_id);

// The actors that were seen with a contact, and the contacts that were seen with an actor. Without
// the last part they are the beginnings of these rows' keys.
std::string SeenWith(const TenantId& tenant, ContactId id, std::string_view actor = {});
std::string SeenBy(const TenantId& tenant, std::string_view actor);
std::string SeenBy(const TenantId& tenant, std::string_view actor, ContactId id);
std::string Actor(const TenantId& tenant, std::string_view actor);
std::string Disclosure(const TenantId& tenant, ContactId id, Sequence sequence);
std::string ContactRecord(const TenantId& tenant, ContactId id, Sequence sequence);
// The part of a key after such a beginning.
std::string_view PartAfter(const std::string& beginning, std::string_view key);
// The end of all keys that begin with `beginning`, which does not end in FF bytes alone.
std::string EndOf(std::string beginning);

// The end of a tenant's rows in any view: their keys are >= Tenant(tenant) and < this.
std::string TenantEnd(const TenantId& tenant);
// The tenant in a key that has one.
TenantId TenantOf(std::string_view key);
// The tenant as a part of `key`; "" for a partition's rows.
std::string_view TenantPart(std::string_view key);
// The number at the end of a contacts, mentions, records or accounts key.
int64_t NumberOf(std::string_view key);

// A number as a value, and back; 0 for a value that is not a number.
std::string Number(int64_t number);
int64_t NumberFrom(std::string_view value);

}  // namespace contacts::keys
