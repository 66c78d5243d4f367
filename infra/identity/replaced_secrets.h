// Erases password hashes that can never be asked for again: those that history has replaced (view
// `replaced`), and those of a command that was refused, which no record will ever name. Any
// instance may erase them, and several may: history is the same for all.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "events/secret_store.h"
#include "events/values/error.h"
#include "infra/base/worker_pool.h"
#include "projections/store/view_store.h"

namespace contacts {

// Any thread; works on one of its own, and what it cannot do then is done after the next start.
class ReplacedSecrets {
 public:
  // Both must outlive it. While `caught_up` is false nothing that history replaced is erased.
  ReplacedSecrets(SecretStore& secrets, const ViewReader& views, std::function<bool()> caught_up)
      : secrets_(secrets),
        views_(views),
        caught_up_(std::move(caught_up)),
        // No request waits for it.
        worker_(1, 256, {"secrets eraser", std::chrono::hours(1)}) {}

  // All hashes that history has replaced so far; for use after the first catch-up.
  void EraseAll();
  // All hashes of this user that history has replaced.
  void EraseOf(const TenantId& tenant, const UserId& user);
  // The command that names the credential was answered so. It is erased when the answer is sure
  // that no record names it: not when the outcome is unknown.
  void Refused(const std::string& credential_id, const Error& why);

  // When it returns, all that was asked for has been done.
  void Finish();
  // Erasures that wait are left out; the next start does them.
  void Stop();

 private:
  void Erase(std::string from, const std::string& to);
  bool Erase(const std::vector<std::string>& ids);

  SecretStore& secrets_;
  const ViewReader& views_;
  const std::function<bool()> caught_up_;
  std::atomic<bool> stopping_{false};
  WorkerPool worker_;  // last: its tasks use the others
};

}  // namespace contacts
