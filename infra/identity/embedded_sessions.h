// Sessions in the LocalStore of this process (own_session.h says what they hold).
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "infra/base/worker_pool.h"
#include "infra/identity/checked_sessions.h"
#include "infra/identity/session_options.h"
#include "infra/identity/sessions.h"
#include "infra/local_store/local_store.h"
#include "projections/store/view_store.h"

namespace contacts {

class EmbeddedSessions : public Sessions {
 public:
  // Both must outlive it.
  EmbeddedSessions(LocalStore& store, const ViewStore& views, SessionOptions options);

  void Find(const std::vector<std::string_view>& cookies, SessionUse use,
            std::function<void(Result<Session>)> then) override;
  void Begin(const Session& session, const std::vector<std::string_view>& cookies, bool secure,
             std::function<void(Result<std::string>)> then) override;
  void End(const std::vector<std::string_view>& cookies,
           std::function<void(Result<std::string>)> then) override;
  void DropRemembered() override { checked_.Clear(); }

 private:
  void ForgetWhatOtherSecretsSigned();
  Result<Session> Lookup(const std::vector<std::string_view>& cookies, SessionUse use);
  // Writes nothing when the session does not exist.
  Result<bool> Erase(const std::string& key, LocalStore::Durability durability);
  Result<std::string> Store(const Session& session, const std::string& ended_key, bool secure);
  // Removes sessions that have ended, after a Begin and at most once an hour. Each slice of the
  // rows is its own task, so that log-ins wait for only one of them.
  void SweepFrom(const std::string& key);
  // Returns the key where the next slice begins; none: this was the last one.
  Result<std::optional<std::string>> SweepSlice(const std::string& from);
  // The store's key of the session that the cookies name; "": no cookie is validly signed.
  std::string KeyOf(const std::vector<std::string_view>& cookies) const;

  LocalStore& store_;
  const ViewStore& views_;
  const SessionOptions options_;
  CheckedSessions checked_;
  std::atomic<const std::vector<std::string>*> verified_by_{nullptr};  // secrets behind checked_
  std::atomic<int64_t> swept_{0};  // milliseconds; when the last sweep began
  std::atomic<bool> erasing_{false};
  WorkerPool writer_;  // last: its tasks use the others
};

}  // namespace contacts
