// The store of secrets that all instances share: one order of changes, which each instance reads
// late. Writes fail, land without an acknowledgement, in part, late or twice, and old nodes come
// back. The seed decides which.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/record.h"
#include "events/seal/keyring.h"
#include "events/secret_store.h"
#include "tests/simulation/sim_log.h"

namespace contacts::sim {

struct SecretChange {
  std::string id;
  std::optional<std::string> secret;  // nullopt: deleted
};

class SimSecrets {
 public:
  explicit SimSecrets(Random& random);

  void Land(const SecretChange& change);
  const std::vector<SecretChange>& changes() const { return changes_; }
  // What a reader of all of them has in the end.
  void ReadInto(seal::Keyring* keyring) const;
  // A keyring of the tenant's keys as they were before anything was erased.
  void ReadAllInto(const TenantId& tenant, seal::Keyring* keyring) const;
  // Knows each node that there ever was, and no erasure: opens every record.
  seal::Keyring& all() { return all_; }
  // DecodeRecord, then opened as far as a tree there ever was opens it.
  Result<Record> Read(std::string_view bytes);

  // A deleted node comes back: from an old segment, a late retry, or a wrapping of what was read
  // before.
  void BringBack();
  // Changes that are still on a wire and may land at any time.
  std::vector<SecretChange> late;
  void LandOneLate();

  bool Chance(double p) { return std::bernoulli_distribution(p)(random_); }
  Random& random() { return random_; }
  double failing = 0;  // how often a call of an instance fails

 private:
  Random& random_;
  std::vector<SecretChange> changes_;
  std::map<std::string, std::string> nodes_;  // each that there ever was
  std::vector<std::string> deleted_;          // the ids of those that were
  seal::Keyring all_;
};

// The connection of one instance to the store.
class SimSecretReader : public SecretStore {
 public:
  SimSecretReader(SimSecrets& secrets, Changed changed)
      : secrets_(secrets), changed_(std::move(changed)) {}

  Result<bool> Put(std::string_view id, std::string_view secret) override;
  Result<bool> PutAll(const std::vector<StoredSecret>& secrets) override;
  Result<bool> Erase(std::string_view id) override;
  Result<bool> CatchUp() override;
  void OnChange(Changed changed) override { changed_ = std::move(changed); }
  // Nothing of the key trees asks for these.
  Result<std::optional<std::string>> Get(std::string_view id) override;
  Result<bool> Scan(std::string_view prefix, const Visit& visit) override;

  // Reads up to `count` more changes.
  void ReadSome(size_t count);
  bool behind() const { return read_ < secrets_.changes().size(); }

 private:
  Result<bool> Write(std::vector<SecretChange> changes);

  SimSecrets& secrets_;
  Changed changed_;
  size_t read_ = 0;
};

}  // namespace contacts::sim
