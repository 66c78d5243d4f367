// A store of secrets that belongs to one log, and reports when it belongs to another, or lost
// secrets.
//
//   mark of the store   key $log (no secret's id), value the log's id; put there with a new log
//
// Without the mark, a store that was lost and made anew would look like one in which no user has a
// password yet, and right passwords would be called wrong.
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
    std::function<Result<bool>()> has_history;  // asked only without the mark of this log
    bool adopts = false;  // the store becomes this log's, whatever it holds (--adopt-secrets)
  };

  // Looks for the mark, and puts it into a store that is new or adopted. A store that belongs to
  // another log, or to no log though there is history, is opened, too: its Fault says so. The
  // error: the store, or the log that says whether there is history, does not answer.
  static Result<std::unique_ptr<CheckedSecrets>> Open(std::unique_ptr<SecretStore> store,
                                                      const Owner& owner);
  // A store that is gone; `why` is its fault.
  static std::unique_ptr<CheckedSecrets> Lost(std::string why);

  Result<bool> Put(std::string_view id, std::string_view secret) override;
  Result<bool> PutAll(const std::vector<StoredSecret>& secrets) override;
  // Returns nullopt for a secret that is missing, or is not what its id says; Warning names it,
  // because only history asks for secrets. A secret that was erased here is not named: history had
  // replaced it before, and only a log-in that began earlier may still ask for it.
  Result<std::optional<std::string>> Get(std::string_view id) override;
  Result<bool> Erase(std::string_view id) override;
  // History no longer names these ids, so a missing secret is not named by Warning.
  Result<int> EraseAll(const std::vector<std::string>& ids) override;
  Result<bool> Scan(std::string_view prefix, const Visit& visit) override;
  void OnChange(Changed changed) override;
  Result<bool> CatchUp() override;
  std::string Fault() const override;

  // For the operator: secrets that history names, that were asked for within the last hour, and
  // that the store did not have; empty: no secret was missing.
  std::string Warning() const;

 private:
  using Clock = std::chrono::steady_clock;

  CheckedSecrets(std::unique_ptr<SecretStore> store, std::string fault);
  std::optional<Error> Refusal();
  // Returns what the store below answers, or why it is not asked or did not answer.
  template <class Call>
  auto Ask(const Call& call) -> decltype(call());
  Error Refused(const std::string& why);
  void Worked();
  void NoteMissing(std::string_view id, const char* how);
  void NoteThere(std::string_view id);
  void NoteStored(std::string_view id);
  void NoteErased(const std::vector<std::string>& ids);

  const std::unique_ptr<SecretStore> store_;  // nullptr: it is gone
  const std::string fault_;                   // found at the start
  mutable std::mutex mutex_;
  std::string refused_;  // why the newest call failed, as it was logged
  // Ids of missing secrets, and when each was last asked for.
  mutable std::map<std::string, Clock::time_point, std::less<>> missing_;
  struct Erased {};
  Lru<Erased> erased_{1000};
};

}  // namespace contacts
