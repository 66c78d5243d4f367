#include "projections/store/keys.h"

#include <algorithm>

#include "events/values/big_endian.h"

namespace contacts::keys {
namespace {

std::string WithNumber(const TenantId& tenant, int64_t number) {
  std::string key = Tenant(tenant);
  AppendBigEndian(static_cast<uint64_t>(number), 8, &key);
  return key;
}

}  // namespace

std::string Partition(int partition) {
  std::string key;
  AppendBigEndian(static_cast<uint64_t>(partition), 4, &key);
  return key;
}

int PartitionFrom(std::string_view key) {
  return static_cast<int>(FromBigEndian(key.substr(0, 4)));
}

std::string Tenant(const TenantId& tenant) { return tenant.value + '\0'; }

std::string TenantEnd(const TenantId& tenant) { return tenant.value + '\1'; }

std::string Contact(const TenantId& tenant, ContactId id) { return WithNumber(tenant, id.value); }

std::string Record(const TenantId& tenant, Sequence sequence) {
  return WithNumber(tenant, sequence.value);
}

std::string Account(const TenantId& tenant, ContactId id) { return WithNumber(tenant, id.value); }

std::string Token(const TenantId& tenant, std::string_view id) { return Tenant(tenant).append(id); }

std::string TokenName(const TenantId& tenant, std::string_view name) {
  return Tenant(tenant).append(name);
}

std::string Email(const TenantId& tenant, std::string_view folded) {
  return Tenant(tenant).append(folded);
}

std::string User(const TenantId& tenant, const UserId& id) {
  return Tenant(tenant).append(id.value);
}

std::string UserName(const TenantId& tenant, std::string_view name) {
  return Tenant(tenant).append(name);
}

std::string Idempotency(const TenantId& tenant, std::string_view actor, std::string_view key) {
  std::string row = Tenant(tenant);
  AppendBigEndian(actor.size(), 4, &row);
  return row.append(actor).append(key);
}

std::string SeenWith(const TenantId& tenant, ContactId id, std::string_view actor) {
  std::string key = Tenant(tenant).append("c");
  AppendBigEndian(static_cast<uint64_t>(id.value), 8, &key);
  return key.append(actor);
}

std::string SeenBy(const TenantId& tenant, std::string_view actor) {
  std::string key = Tenant(tenant).append("a");
  AppendBigEndian(actor.size(), 4, &key);
  return key.append(actor);
}

std::string SeenBy(const TenantId& tenant, std::string_view actor, ContactId id) {
  return SeenBy(tenant, actor).append(Number(id.value));
}

std::string Actor(const TenantId& tenant, std::string_view actor) {
  return Tenant(tenant).append(actor);
}

std::string Disclosure(const TenantId& tenant, ContactId id, Sequence sequence) {
  return WithNumber(tenant, id.value).append(Number(sequence.value));
}

std::string ContactRecord(const TenantId& tenant, ContactId id, Sequence sequence) {
  return Disclosure(tenant, id, sequence);
}

std::string_view PartAfter(const std::string& beginning, std::string_view key) {
  return key.substr(std::min(key.size(), beginning.size()));
}

std::string EndOf(std::string beginning) {
  while (!beginning.empty() && beginning.back() == '\xff') beginning.pop_back();
  if (!beginning.empty()) ++beginning.back();
  return beginning;
}

std::string Replaced(const TenantId& tenant, const UserId& user, std::string_view credential_id) {
  return Tenant(tenant).append(user.value).append(1, '\0').append(credential_id);
}

TenantId TenantOf(std::string_view key) { return TenantId{std::string(TenantPart(key))}; }

std::string_view TenantPart(std::string_view key) { return key.substr(0, key.find('\0')); }

int64_t NumberOf(std::string_view key) {
  return key.size() < 8 ? 0 : NumberFrom(key.substr(key.size() - 8));
}

std::string Number(int64_t number) {
  std::string value;
  AppendBigEndian(static_cast<uint64_t>(number), 8, &value);
  return value;
}

int64_t NumberFrom(std::string_view value) {
  if (value.size() != 8) return 0;
  return static_cast<int64_t>(FromBigEndian(value));
}

}  // namespace contacts::keys
