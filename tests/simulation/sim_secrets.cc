#include "tests/simulation/sim_secrets.h"

#include <algorithm>

#include "events/seal/store_keys.h"
#include "events/sealed_record.h"

namespace contacts::sim {
namespace {

Error NotAcknowledged() {
  return {ErrorCode::kUnavailable, "the store of secrets did not acknowledge"};
}

void TakeInto(const std::string& id, const std::optional<std::string>& secret,
              seal::Keyring* keyring) {
  const auto read = seal::ReadStored(id, secret);
  if (read && !read->unmarks) keyring->Apply(read->tenant, read->tree, read->change);
}

}  // namespace

SimSecrets::SimSecrets(Random& random) : random_(random) {}

void SimSecrets::Land(const SecretChange& change) {
  changes_.push_back(change);
  const bool is_node = change.id.starts_with(seal::kNodes) && change.secret;
  if (is_node && nodes_.emplace(change.id, *change.secret).second) {
    TakeInto(change.id, change.secret, &all_);
  }
  if (!change.secret && nodes_.contains(change.id)) deleted_.push_back(change.id);
}

void SimSecrets::ReadInto(seal::Keyring* keyring) const {
  for (const SecretChange& change : changes_) TakeInto(change.id, change.secret, keyring);
}

void SimSecrets::ReadAllInto(const TenantId& tenant, seal::Keyring* keyring) const {
  const std::string of = std::string(seal::kNodes) + tenant.value + '\0';
  for (auto it = nodes_.lower_bound(of); it != nodes_.end() && it->first.starts_with(of); ++it) {
    TakeInto(it->first, it->second, keyring);
  }
}

Result<Record> SimSecrets::Read(std::string_view bytes) {
  Result<Record> record = DecodeRecord(bytes);
  if (!record) return record;
  (void)OpenData(&*record, all_);
  (void)OpenActor(&*record, all_);
  return record;
}

void SimSecrets::BringBack() {
  if (deleted_.empty()) return;
  std::uniform_int_distribution<size_t> which(0, deleted_.size() - 1);
  const std::string& id = deleted_[which(random_)];
  Land({id, nodes_.at(id)});
}

void SimSecrets::LandOneLate() {
  if (late.empty()) return;
  std::uniform_int_distribution<size_t> which(0, late.size() - 1);
  const auto change = late.begin() + static_cast<std::ptrdiff_t>(which(random_));
  const SecretChange landing = *change;
  late.erase(change);
  Land(landing);
}

// --- one instance ---

Result<bool> SimSecretReader::Put(std::string_view id, std::string_view secret) {
  return Write({{std::string(id), std::string(secret)}});
}

Result<bool> SimSecretReader::PutAll(const std::vector<StoredSecret>& secrets) {
  std::vector<SecretChange> changes;
  for (const StoredSecret& one : secrets) changes.push_back({one.id, one.secret});
  return Write(std::move(changes));
}

Result<bool> SimSecretReader::Erase(std::string_view id) {
  return Write({{std::string(id), std::nullopt}});
}

// A call that fails has made all of its changes, none, or some, and some of them later.
Result<bool> SimSecretReader::Write(std::vector<SecretChange> changes) {
  const bool fails = secrets_.Chance(secrets_.failing);
  const double lost = fails && secrets_.Chance(0.7) ? 0.5 : 0;
  for (SecretChange& change : changes) {
    if (lost == 0 || secrets_.Chance(lost)) {
      secrets_.Land(change);
      if (secrets_.failing > 0 && secrets_.Chance(0.01)) secrets_.late.push_back(std::move(change));
    } else if (secrets_.Chance(0.5)) {
      secrets_.late.push_back(std::move(change));
    }
  }
  if (fails) return NotAcknowledged();
  ReadSome(secrets_.changes().size());
  return true;
}

Result<bool> SimSecretReader::CatchUp() {
  if (secrets_.Chance(secrets_.failing)) return NotAcknowledged();
  ReadSome(secrets_.changes().size());
  return true;
}

void SimSecretReader::ReadSome(size_t count) {
  for (; count > 0 && behind(); --count) {
    const SecretChange change = secrets_.changes()[read_++];
    changed_(change.id, change.secret);
  }
}

Result<std::optional<std::string>> SimSecretReader::Get(std::string_view) {
  return NotAcknowledged();
}

Result<bool> SimSecretReader::Scan(std::string_view, const Visit&) { return NotAcknowledged(); }

}  // namespace contacts::sim
