// A store of secrets that belongs to one log, and says so when it does not, or has lost something.
//
//   mark of the store   key $log (no secret's id), value the log's id; put there with a new log
//
// Without the mark, a store that was lost and made anew could not be told from one in which nobody
// has a password yet, and right passwords would be called wrong.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "events/event_log.h"
#include "events/opening.h"
#include "events/secret_store.h"
#include "infra/base/lru.h"

namespace contacts {

// Whether a log holds anything that reads as a record, of whatever tenant. Stops at the first one;
// the error: it could not be read in time.
Result<bool> HoldsRecords(EventLog& log, std::chrono::milliseconds time);

// Any thread.
class CheckedSecrets : public SecretStore {
 public:
  static constexpr std::string_view kMark = kOpeningKey;

  struct Owner {
    std::string log_id;
    std::function<Result<bool>()> has_history;  // asked only when the store has no mark of this log
    bool adopts = false;  // whatever the store holds is taken for this log's (--adopt-secrets)
  };

  // Looks for the mark, and puts it into a store that is new or adopted. A store that belongs to
  // another log, or to nobody though there is history, is opened all the same: its Fault says so.
  // The error: the store, or the log that says whether there is history, does not answer.
  static Result<std::unique_ptr<CheckedSecrets>> Open(std::unique_ptr<SecretStore> store,
                                                      const Owner& owner);
  // A store that is gone; `why` is its fault.
  static std::unique_ptr<CheckedSecrets> Lost(std::string why);

  Result<bool> Put(std::string_view id, std::string_view secret) override;
  // A secret that is not there, or not what its id says, is nullopt, and Warning tells of it:
  // history alone asks for it. But one that was erased here was replaced in history before; a
  // log-in that began before that may still ask for it.
  Result<std::optional<std::string>> Get(std::string_view id) override;
  Result<bool> Erase(std::string_view id) override;
  // History names none of them any more: one that is not there is not missed.
  Result<int> EraseAll(const std::vector<std::string>& ids) override;
  std::string Fault() const override;

  // For the operator: secrets that history names, that were asked for within the last hour, and
  // that the store could not give; empty: there are none.
  std::string Warning() const;

 private:
  using Clock = std::chrono::steady_clock;

  CheckedSecrets(std::unique_ptr<SecretStore> store, std::string fault);
  std::optional<Error> Refusal();
  Error Refused(const std::string& why);
  void Worked();
  void NoteMissing(std::string_view id, const char* how);
  void NoteThere(std::string_view id);
  void NoteErased(const std::vector<std::string>& ids);

  const std::unique_ptr<SecretStore> store_;  // none: it is gone
  const std::string fault_;                   // found at the start
  mutable std::mutex mutex_;
  std::string refused_;  // why the newest call failed, as it was logged
  // Ids of secrets that were missing, and when they were asked for last.
  mutable std::map<std::string, Clock::time_point, std::less<>> missing_;
  struct Erased {};
  Lru<Erased> erased_{1000};
};

}  // namespace contacts
