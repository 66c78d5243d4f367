#include "infra/identity/replaced_secrets.h"

#include <future>
#include <memory>
#include <utility>
#include <vector>

#include "infra/base/log.h"
#include "projections/store/keys.h"

namespace contacts {
namespace {

constexpr size_t kAtOnce = 1000;

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
  (void)worker_.Post([this, credential_id] { Erase({credential_id}); }, [] {});
}

void ReplacedSecrets::Finish() {
  const auto done = std::make_shared<std::promise<void>>();
  const auto set = [done] { done->set_value(); };
  if (worker_.Post(set, set)) done->get_future().wait();
}

void ReplacedSecrets::Erase(const std::string& from, const std::string& to) {
  if (!caught_up_()) return;
  std::vector<std::string> ids;
  try {
    views_.Scan(View::kReplaced, from, to, [&](std::string_view, std::string_view id) {
      ids.emplace_back(id);
      if (ids.size() == kAtOnce) Erase(std::exchange(ids, {}));
      return true;
    });
  } catch (const StoreFailure& failure) {
    log::Error("replaced passwords cannot be read", {{"cause", failure.what()}});
  }
  Erase(ids);
}

void ReplacedSecrets::Erase(const std::vector<std::string>& ids) {
  if (ids.empty()) return;
  if (const auto erased = secrets_.EraseAll(ids); !erased.ok()) {
    log::Warn("hashes of replaced passwords cannot be erased; the next start tries again",
              {{"cause", erased.error().message}});
  }
}

}  // namespace contacts
