#include "infra/identity/replaced_secrets.h"

#include <future>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "infra/base/log.h"
#include "projections/store/keys.h"

namespace contacts {
namespace {

// Others use the store meanwhile: after this many erasures it is left to them for this long.
constexpr size_t kAtOnce = 20;
constexpr std::chrono::milliseconds kBetween{5};

bool NothingWasDone(const Error& error) {
  return error.code != ErrorCode::kUnknownOutcome && error.code != ErrorCode::kInternal;
}

}  // namespace

void ReplacedSecrets::EraseAll() {
  (void)worker_.Post([this] { Erase("", ""); }, [] {});
}

void ReplacedSecrets::EraseOf(const TenantId& tenant, const UserId& user) {
  (void)worker_.Post([this, from = keys::Replaced(tenant, user, ""),
                      to = keys::Replaced(tenant, user, "\x7f")] { Erase(from, to); },
                     [] {});
}

void ReplacedSecrets::Refused(const std::string& credential_id, const Error& why) {
  if (!NothingWasDone(why)) return;
  (void)worker_.Post([this, credential_id] { (void)Erase({credential_id}); }, [] {});
}

void ReplacedSecrets::Finish() {
  const auto done = std::make_shared<std::promise<void>>();
  const auto set = [done] { done->set_value(); };
  if (worker_.Post(set, set)) done->get_future().wait();
}

void ReplacedSecrets::Stop() {
  stopping_ = true;
  worker_.Stop();
}

void ReplacedSecrets::Erase(std::string from, const std::string& to) {
  if (!caught_up_()) return;
  try {
    while (!stopping_) {
      std::vector<std::string> ids;
      views_.Scan(View::kReplaced, from, to, [&](std::string_view key, std::string_view id) {
        ids.emplace_back(id);
        from = std::string(key) + '\0';
        return ids.size() < kAtOnce;
      });
      if (!Erase(ids) || ids.size() < kAtOnce) return;
      std::this_thread::sleep_for(kBetween);
    }
  } catch (const StoreFailure& failure) {
    log::Error("replaced passwords cannot be read", {{"cause", failure.what()}});
  }
}

// False: the store failed.
bool ReplacedSecrets::Erase(const std::vector<std::string>& ids) {
  if (ids.empty()) return true;
  const auto erased = secrets_.EraseAll(ids);
  if (!erased.ok()) {
    log::Warn("hashes of replaced passwords cannot be erased; the next start tries again",
              {{"cause", erased.error().message}});
  }
  return erased.ok();
}

}  // namespace contacts
