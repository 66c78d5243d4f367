// How the trees get from the store into the keyring: at the start, and then change by change.
#include "infra/base/heartbeat.h"
#include "infra/base/log.h"
#include "infra/base/wipe.h"
#include "infra/keys/stored_keys.h"
#include "infra/keys/tree_steps.h"

namespace contacts {
namespace {

// The store waits for disks or brokers.
constexpr Heartbeat::Time kReadTime{30'000};

}  // namespace

// A change that comes while the store is scanned may be older or newer than what the scan finds;
// the newest change of each key counts once all of them were taken after the scan, in order.
Result<bool> StoredKeys::Load() {
  const Heartbeat::Task step("reading the key trees", kReadTime);
  store_.OnChange([this](auto id, const auto& secret) { Note(id, secret); });
  std::vector<std::pair<std::string, std::string>> found;
  const auto collect = [&](std::string_view id, std::string_view secret) {
    found.emplace_back(id, secret);
  };
  auto scanned = store_.CatchUp();
  if (scanned.ok()) scanned = store_.Scan(seal::kNodes, collect);
  if (scanned.ok()) scanned = store_.Scan(seal::kMarkers, collect);
  const std::lock_guard lock(mutex_);
  if (scanned.ok()) {
    for (const auto& [id, secret] : found) Take(id, secret);
    for (const auto& [id, secret] : early_) Take(id, secret);
    loaded_ = true;
    for (const TenantId& tenant : keyring_.tenants()) repairs_.LookLater(tenant);
  }
  for (auto& [id, secret] : found) Wipe(&secret);
  for (auto& [id, secret] : early_) {
    if (secret) Wipe(&*secret);
  }
  early_.clear();
  NoteRead(scanned);
  return scanned;
}

// On the store's thread, which holds locks of the store.
void StoredKeys::Note(std::string_view id, const std::optional<std::string_view>& secret) {
  if (!seal::IsOfAKeyTree(id)) return;
  {
    const std::lock_guard lock(mutex_);
    if (loaded_) {
      Take(id, secret);
    } else {
      early_.emplace_back(id, secret ? std::optional(std::string(*secret)) : std::nullopt);
    }
  }
  changed_.notify_all();
}

// The caller holds mutex_, so that changes reach the keyring in their order.
void StoredKeys::Take(std::string_view id, const std::optional<std::string_view>& secret) {
  const TakenChange taken = TakeChange(id, secret, keyring_, &repairs_);
  if (taken.how == TakenChange::How::kForeign) {
    log::Warn("an entry of the key trees was not written by Contacts, and is left out",
              {{"bytes", std::to_string(id.size())}});
  }
  if (taken.how == TakenChange::How::kAltered && altered_.insert(taken.tenant).second) {
    log::Error("a node of a key tree was altered in the store of secrets; the first one counts",
               {{"tenant", taken.tenant.value}});
  }
}

}  // namespace contacts
