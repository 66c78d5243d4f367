#include "infra/node/key_keeper.h"

#include <utility>
#include <vector>

#include "events/actor.h"
#include "events/seal/leaf.h"
#include "projections/erased_leaves.h"
#include "projections/view_lookup.h"

namespace contacts {
namespace {

// Both kinds of work wait for the store, so a few threads serve many tenants.
constexpr size_t kThreads = 2;
constexpr size_t kMostWaiting = 10'000;
// The store of secrets is asked again until it answers.
constexpr std::chrono::hours kTask{1};
constexpr int kRetrySeconds = 5;

// No session has this actor: an id that begins with '~' gets a pseudonym.
constexpr std::string_view kPseudonyms = "ext:~";

}  // namespace

KeyKeeper::KeyKeeper(StoredKeys& keys, seal::Keyring& keyring, const ViewReader& views,
                     std::function<void(const TenantId&, const std::string&)> actor_erased)
    : keys_(keys),
      keyring_(keyring),
      views_(views),
      actor_erased_(std::move(actor_erased)),
      pool_(kThreads, kMostWaiting, {"keys", kTask}) {}

void KeyKeeper::MakeTree(const TenantId& tenant, std::function<void(std::optional<Error>)> done) {
  const Error full{ErrorCode::kUnavailable, "too many tenants wait for keys", {}, kRetrySeconds};
  const Error ending{ErrorCode::kUnavailable, "this instance is stopping", {}, kRetrySeconds};
  const auto make = [this, tenant, done] {
    const Result<seal::TreeId> tree = keys_.EnsureTree(tenant);
    done(tree ? std::nullopt : std::optional(tree.error()));
  };
  if (!pool_.Post(make, [done, ending] { done(ending); })) done(full);
}

std::string KeyKeeper::Pseudonym(const TenantId& tenant, std::string_view id) {
  const auto tree = keyring_.TreeInUse(tenant, ViewLookup(views_).Tenant(tenant).keys);
  if (!tree) {
    MakeTree(tenant, [](const std::optional<Error>&) {});
    return "";
  }
  const seal::FoundKey key = keyring_.Find(tenant, *tree, seal::LeafOfActor(kPseudonyms));
  return key.key ? actors::PseudonymOf(key.key->view(), id) : "";
}

void KeyKeeper::Erased(const Erasure& erasure, bool ours) {
  const std::vector<seal::Leaf> leaves = LeavesOf(erasure, views_);
  for (const seal::Leaf leaf : leaves) keys_.NoteErased(erasure.tenant, leaf);
  for (const std::string& actor : erasure.actors) actor_erased_(erasure.tenant, actor);
  if (!ours) return;
  {
    const std::lock_guard lock(mutex_);
    for (const seal::Leaf leaf : leaves) unfinished_.emplace(erasure.tenant, leaf);
  }
  // If there is no room, or the process ends, the rule of repair destroys them as it does for the
  // other instances.
  (void)pool_.Post([this, tenant = erasure.tenant, leaves] { (void)Erase(tenant, leaves); }, [] {});
}

Result<bool> KeyKeeper::Erase(const TenantId& tenant, const std::vector<seal::Leaf>& leaves) {
  for (const seal::Leaf leaf : leaves) {
    if (auto erased = keys_.Erase(tenant, leaf); !erased.ok()) return erased;
    const std::lock_guard lock(mutex_);
    unfinished_.erase({tenant, leaf});
  }
  return true;
}

Result<bool> KeyKeeper::Destroy(const Erasure& erasure) {
  return Erase(erasure.tenant, LeavesOf(erasure, views_));
}

Result<bool> KeyKeeper::FinishErasing() {
  for (;;) {
    std::pair<TenantId, seal::Leaf> next;
    {
      const std::lock_guard lock(mutex_);
      if (unfinished_.empty()) return true;
      next = *unfinished_.begin();
    }
    if (const auto erased = Erase(next.first, {next.second}); !erased.ok()) return erased;
  }
}

void KeyKeeper::NoteErasedBefore() {
  for (const auto& [tenant, leaf] : LeavesErasedBefore(views_)) {
    keys_.NoteErased(tenant, leaf);
    const std::lock_guard lock(mutex_);
    unfinished_.emplace(tenant, leaf);  // an earlier process may have begun
  }
}

void KeyKeeper::Stop() {
  keys_.Stop();
  pool_.Stop();
}

}  // namespace contacts
