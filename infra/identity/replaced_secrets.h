// Erases password hashes that are never needed again: those that history has replaced (view
// `replaced`), and those of a command that was refused, which no record will ever name. Any
// instance may erase them, also several together: history is the same for all.
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

// Any thread. It works on its own thread; erasures that fail are done after the next start.
class ReplacedSecrets {
 public:
  // Both must outlive it. While `caught_up` is false, no replaced hash is erased.
  ReplacedSecrets(SecretStore& secrets, const ViewReader& views, std::function<bool()> caught_up)
      : secrets_(secrets),
        views_(views),
        caught_up_(std::move(caught_up)),
        // It may take an hour, since no request waits for it.
        worker_(1, 256, {"secrets eraser", std::chrono::hours(1)}) {}

  // Erases all hashes that history has replaced so far; for use after the first catch-up.
  void EraseAll();
  // Erases all hashes of this user that history has replaced.
  void EraseOf(const TenantId& tenant, const UserId& user);
  // Tells that the command with this credential got this error. Erases the hash if the error means
  // that no record names it, but not if the outcome is unknown.
  void Refused(const std::string& credential_id, const Error& why);

  // Returns when all earlier calls have been carried out.
  void Finish();
  // Drops erasures that wait; the next start does them.
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
