#include <algorithm>
#include <map>
#include <utility>

#include "events/seal/store_keys.h"
#include "infra/local_store/local_store.h"

namespace contacts {
namespace {

LocalStore::Table TableOf(std::string_view id) {
  return seal::IsOfAKeyTree(id) ? LocalStore::Table::kKeys : LocalStore::Table::kCredentials;
}

}  // namespace

Result<bool> LocalSecretStore::Put(std::string_view id, std::string_view secret) {
  const std::lock_guard lock(mutex_);
  auto put = store_.Put(TableOf(id), id, secret, LocalStore::Durability::kSynced);
  if (put.ok() && changed_) changed_(id, secret);
  return put;
}

Result<bool> LocalSecretStore::PutAll(const std::vector<StoredSecret>& secrets) {
  const auto of_tree = [](const StoredSecret& one) { return seal::IsOfAKeyTree(one.id); };
  if (!std::all_of(secrets.begin(), secrets.end(), of_tree)) return SecretStore::PutAll(secrets);
  const std::lock_guard lock(mutex_);
  auto put = store_.PutAll(LocalStore::Table::kKeys, secrets, LocalStore::Durability::kSynced);
  if (!put.ok() || !changed_) return put;
  for (const auto& [id, secret] : secrets) changed_(id, secret);
  return put;
}

Result<std::optional<std::string>> LocalSecretStore::Get(std::string_view id) {
  return store_.Get(TableOf(id), id);
}

Result<bool> LocalSecretStore::Erase(std::string_view id) {
  const std::lock_guard lock(mutex_);
  auto erased = store_.Erase(TableOf(id), id, LocalStore::Durability::kSynced);
  if (erased.ok() && changed_) changed_(id, std::nullopt);
  return erased;
}

Result<bool> LocalSecretStore::Scan(std::string_view prefix, const Visit& visit) {
  const auto visit_table = [&](LocalStore::Table table) {
    return store_.Scan(
        table,
        [&](std::string_view id, std::string_view secret) {
          if (!id.starts_with(prefix)) return false;
          visit(id, secret);
          return true;
        },
        prefix);
  };
  if (!prefix.empty()) return visit_table(TableOf(prefix));
  // The ids of the two tables are mixed in their order.
  std::map<std::string, std::string> all;
  const auto collect = [&all](std::string_view id, std::string_view secret) {
    all.emplace(id, secret);
    return true;
  };
  for (const auto table : {LocalStore::Table::kCredentials, LocalStore::Table::kKeys}) {
    if (auto scanned = store_.Scan(table, collect); !scanned.ok()) return scanned;
  }
  for (const auto& [id, secret] : all) visit(id, secret);
  return true;
}

void LocalSecretStore::OnChange(Changed changed) {
  const std::lock_guard lock(mutex_);
  changed_ = std::move(changed);
}

}  // namespace contacts
