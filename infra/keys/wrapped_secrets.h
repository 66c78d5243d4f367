// A store of secrets whose values are wrapped with a master key (events/seal/wrapping.h) in the
// store below, and plain above: a copy of the store, or whoever runs it, reads no secret.
//
//   $log      its value stays as it is: it names the log, and is no secret
//   $wrapped  the mark, "1", wrapped: WrapAll has wrapped all values, and a plain one is refused
//
// Without keys it passes plain values on and refuses wrapped ones. A value that cannot be unwrapped
// is a fault with a name, and never a missing or an erased one: Get returns an error, Scan and
// OnChange leave it out, and Damage tells of it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "events/secret_store.h"
#include "infra/keys/master_keys.h"

namespace contacts {

// Any thread.
class WrappedSecrets : public SecretStore {
 public:
  static constexpr std::string_view kMark = "$wrapped";

  // The error: the store does not answer, or holds values of a master key that is not there, or of
  // any when no file is named. A store with a fault is opened, too.
  static Result<std::unique_ptr<WrappedSecrets>> Open(std::unique_ptr<SecretStore> store,
                                                      MasterKeyFile keys);
  ~WrappedSecrets() override;

  // Replaces the keys. The error, after which nothing has changed: as that of Open.
  Result<bool> Check(const MasterKeyFile& keys) const;
  void Use(MasterKeyFile keys);
  bool Uses(const MasterKeyFile& keys) const;

  // Wraps all values with the first key, then puts the mark. `is_erased`: the id is that of a node
  // which covers an erased leaf, so it is to be deleted and not to be put. Values that others
  // delete meanwhile do not come back. After an error, some are wrapped; it can be called again.
  struct Wrapped {
    int values = 0;      // that were wrapped now
    int unreadable = 0;  // left as they are: Damage
  };
  using IsErased = std::function<bool(std::string_view id)>;
  Result<Wrapped> WrapAll(const IsErased& is_erased);

  // For the operator: values that cannot be unwrapped, and why; empty: there is none.
  std::string Damage() const;

  Result<bool> Put(std::string_view id, std::string_view secret) override;
  Result<bool> PutAll(const std::vector<StoredSecret>& secrets) override;
  Result<std::optional<std::string>> Get(std::string_view id) override;
  Result<bool> Erase(std::string_view id) override;
  Result<int> EraseAll(const std::vector<std::string>& ids) override;
  Result<bool> Scan(std::string_view prefix, const Visit& visit) override;
  void OnChange(Changed changed) override;
  Result<bool> CatchUp() override;
  std::string Fault() const override;

 private:
  WrappedSecrets(std::unique_ptr<SecretStore> store, MasterKeyFile keys);
  std::shared_ptr<const MasterKeyFile> Keys() const;
  Result<std::string> ToStore(std::string_view id, std::string_view secret);
  Result<std::string> FromStore(std::string_view id, std::string_view value);
  void Note(std::string_view id, const std::optional<std::string_view>& value);
  void NoteMark(const std::optional<std::string_view>& value);
  struct Found {
    std::vector<std::string> to_wrap;
    int unreadable = 0;
  };
  Result<Found> Find();
  void BeginToNoteErased();
  std::set<std::string> ErasedSince();
  Result<bool> PutMark();
  Result<int> Wrap(const std::vector<std::string>& ids, const IsErased& is_erased);

  const std::unique_ptr<SecretStore> store_;
  std::mutex wrapping_;  // held by WrapAll

  mutable std::mutex mutex_;  // guards what follows; held while nobody is called
  std::shared_ptr<const MasterKeyFile> keys_;
  bool all_wrapped_ = false;                             // the mark was seen
  std::map<std::string, std::string, std::less<>> bad_;  // id, why it cannot be unwrapped

  std::mutex told_;  // before mutex_; held while changed_ is called, never while store_ writes
  Changed changed_;
  std::optional<std::set<std::string>> erased_;  // since they were asked for
};

}  // namespace contacts
