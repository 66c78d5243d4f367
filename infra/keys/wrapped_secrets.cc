#include "infra/keys/wrapped_secrets.h"

#include <utility>

#include "events/opening.h"
#include "events/seal/store_keys.h"
#include "events/values/hash.h"
#include "infra/base/log.h"
#include "infra/base/random.h"
#include "infra/base/wipe.h"

namespace contacts {
namespace {

using seal::ValueForm;

constexpr const char* kNameTheFile = "name its file with --master-key-file";

// It names the log and is read before the keys are.
bool StaysPlain(std::string_view id) { return id == kOpeningKey; }

std::string Nonce() {
  std::string nonce(12, '\0');
  FillRandom(reinterpret_cast<uint8_t*>(nonce.data()), nonce.size());
  return nonce;
}

// Ids of key trees are bytes that nobody can read.
std::string Named(std::string_view id) {
  if (!seal::IsOfAKeyTree(id)) return std::string(id);
  const auto stored = seal::ReadStored(id, std::nullopt);
  return "a key of the tenant " + (stored ? stored->tenant.value : std::string("unknown"));
}

bool Fits(std::string_view id, std::string_view plain) {
  return seal::IsOfAKeyTree(id) ? seal::ReadStored(id, plain).has_value() : IsSecretOf(id, plain);
}

Error Unavailable(std::string why) { return {ErrorCode::kUnavailable, std::move(why), {}, 5}; }

}  // namespace

Result<std::unique_ptr<WrappedSecrets>> WrappedSecrets::Open(std::unique_ptr<SecretStore> store,
                                                             MasterKeyFile keys) {
  std::unique_ptr<WrappedSecrets> wrapped(new WrappedSecrets(std::move(store), std::move(keys)));
  WrappedSecrets* const opened = wrapped.get();
  opened->store_->OnChange([opened](auto id, const auto& value) { opened->Note(id, value); });
  const auto checked = opened->Check(*opened->Keys());
  const auto mark = checked.ok() ? opened->store_->Get(kMark) : checked.error();
  if (!mark.ok() && opened->Fault().empty()) return mark.error();
  if (mark.ok() && *mark) opened->NoteMark(std::string_view(**mark));
  return wrapped;
}

WrappedSecrets::WrappedSecrets(std::unique_ptr<SecretStore> store, MasterKeyFile keys)
    : store_(std::move(store)), keys_(std::make_shared<const MasterKeyFile>(std::move(keys))) {}

WrappedSecrets::~WrappedSecrets() { store_->OnChange(nullptr); }

std::shared_ptr<const MasterKeyFile> WrappedSecrets::Keys() const {
  const std::lock_guard lock(mutex_);
  return keys_;
}

bool WrappedSecrets::Uses(const MasterKeyFile& keys) const {
  const auto now = Keys();
  return now->path == keys.path && now->keys == keys.keys;
}

// --- one value ---

Result<std::string> WrappedSecrets::ToStore(std::string_view id, std::string_view secret) {
  if (StaysPlain(id)) return std::string(secret);
  const std::lock_guard lock(mutex_);
  if (!keys_->keys.empty()) return keys_->keys.Wrap(id, secret, Nonce());
  if (!all_wrapped_) return std::string(secret);
  return Unavailable(std::string("the store of secrets takes wrapped values only: ") +
                     kNameTheFile);
}

// The id of a password hash fixes the hash: here the hash is known, on both logs. An altered value
// may look like a plain one. Without keys, the readers of plain values check them.
Result<std::string> WrappedSecrets::FromStore(std::string_view id, std::string_view value) {
  if (StaysPlain(id)) return std::string(value);
  const std::lock_guard lock(mutex_);
  const auto bad = [&](std::string why) {
    why = Named(id) + ": " + why;
    if (bad_.insert_or_assign(std::string(id), why).second) {
      log::Error("a value of the store of secrets cannot be read", {{"cause", why}});
    }
    return Unavailable("the store of secrets: " + why);
  };
  const ValueForm form = seal::FormOf(value);
  if (form == ValueForm::kPlain && all_wrapped_) {
    return bad("its value is not wrapped, though all were: it was written without the master key");
  }
  if (form == ValueForm::kUnknown) return bad("its value was altered, or a newer build wrote it");
  if (form == ValueForm::kWrapped && !keys_->keys.Has(seal::KeyIdIn(value))) {
    const std::string key = ToHex(seal::KeyIdIn(value));
    return bad("its value is wrapped with the master key " + key + ": " +
               (keys_->path.empty() ? kNameTheFile : "add that key to " + keys_->path));
  }
  auto plain =
      form == ValueForm::kPlain ? std::optional(std::string(value)) : keys_->keys.Unwrap(id, value);
  if (!plain || (!keys_->keys.empty() && !Fits(id, *plain))) {
    return bad("its value was altered: bring the store back from a backup");
  }
  if (const auto found = bad_.find(id); found != bad_.end()) bad_.erase(found);
  return *std::move(plain);
}

std::string WrappedSecrets::Damage() const {
  const std::lock_guard lock(mutex_);
  if (bad_.empty()) return "";
  return std::to_string(bad_.size()) + " values of the store of secrets cannot be read; " +
         bad_.begin()->second;
}

// --- the port ---

Result<bool> WrappedSecrets::Put(std::string_view id, std::string_view secret) {
  const auto value = ToStore(id, secret);
  return value.ok() ? store_->Put(id, *value) : value.error();
}

Result<bool> WrappedSecrets::PutAll(const std::vector<StoredSecret>& secrets) {
  std::vector<StoredSecret> wrapped;
  wrapped.reserve(secrets.size());
  for (const auto& [id, secret] : secrets) {
    auto value = ToStore(id, secret);
    if (!value.ok()) return value.error();
    wrapped.push_back({id, *std::move(value)});
  }
  auto put = store_->PutAll(wrapped);
  for (StoredSecret& one : wrapped) Wipe(&one.secret);
  return put;
}

Result<std::optional<std::string>> WrappedSecrets::Get(std::string_view id) {
  auto value = store_->Get(id);
  if (!value.ok() || !*value) return value;
  auto plain = FromStore(id, **value);
  if (!plain.ok()) return plain.error();
  return std::optional(*std::move(plain));
}

Result<bool> WrappedSecrets::Erase(std::string_view id) { return store_->Erase(id); }

Result<int> WrappedSecrets::EraseAll(const std::vector<std::string>& ids) {
  return store_->EraseAll(ids);
}

Result<bool> WrappedSecrets::Scan(std::string_view prefix, const Visit& visit) {
  return store_->Scan(prefix, [&](std::string_view id, std::string_view value) {
    if (id == kMark) return;
    auto plain = FromStore(id, value);
    if (!plain.ok()) return;
    visit(id, *plain);
    Wipe(&*plain);
  });
}

void WrappedSecrets::OnChange(Changed changed) {
  const std::lock_guard lock(told_);
  changed_ = std::move(changed);
}

Result<bool> WrappedSecrets::CatchUp() { return store_->CatchUp(); }
std::string WrappedSecrets::Fault() const { return store_->Fault(); }

// On the thread of whoever writes or reads the store below.
void WrappedSecrets::Note(std::string_view id, const std::optional<std::string_view>& value) {
  if (id == kMark) return NoteMark(value);
  const std::lock_guard told(told_);
  if (!value) {
    if (erased_) erased_->emplace(id);
    {
      const std::lock_guard lock(mutex_);
      if (const auto found = bad_.find(id); found != bad_.end()) bad_.erase(found);
    }
    if (changed_) changed_(id, std::nullopt);
    return;
  }
  auto plain = FromStore(id, *value);
  if (!plain.ok()) return;
  if (changed_) changed_(id, std::string_view(*plain));
  Wipe(&*plain);
}

// A mark that was altered counts, too: whoever altered it wants plain values to be taken. One that
// was seen stays seen.
void WrappedSecrets::NoteMark(const std::optional<std::string_view>& value) {
  if (!value) return;
  if (seal::FormOf(*value) == ValueForm::kWrapped) (void)FromStore(kMark, *value);
  const std::lock_guard lock(mutex_);
  all_wrapped_ = true;
}

}  // namespace contacts
