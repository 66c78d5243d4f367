#include "infra/node/checked_secrets.h"

#include <algorithm>
#include <utility>

#include "events/history.h"
#include "events/log_reader.h"
#include "infra/base/log.h"

namespace contacts {
namespace {

// Ids kept at most: more of them are one fault of the whole store.
constexpr size_t kMissingKept = 1000;
// A missing secret is reported for this long, because nothing reports a new password.
constexpr std::chrono::hours kTold{1};

constexpr const char* kWhatToDo =
    "Nobody can log in. Bring the store of password hashes back from a backup and start again; or, "
    "if it is lost, start once with --adopt-secrets and set the passwords anew: contacts user "
    "passwd";

bool HoldsRecords(EventLog& log, int partition, LogReader::Clock::time_point until,
                  LogReader::Ended* ended) {
  LogReader reader(log.Open(partition));
  reader.Seek(Offset{0});
  const auto is_record = [&](const LogEntry& entry) {
    return ReadSlot(entry.key, entry.value, partition, log.partitions()).ok();
  };
  *ended = reader.ReadToEnd(until, [&](const Polled& polled) {
    return std::any_of(polled.entries.begin(), polled.entries.end(), is_record);
  });
  return *ended == LogReader::Ended::kEnough;
}

}  // namespace

Result<bool> HoldsRecords(EventLog& log, std::chrono::milliseconds time) {
  const auto until = LogReader::Clock::now() + time;
  for (int partition = 0; partition < log.partitions(); ++partition) {
    LogReader::Ended ended;
    if (HoldsRecords(log, partition, until, &ended)) return true;
    if (ended != LogReader::Ended::kAtEnd) {
      return Error{ErrorCode::kUnavailable, "the log could not be read in time"};
    }
  }
  return false;
}

Result<std::unique_ptr<CheckedSecrets>> CheckedSecrets::Open(std::unique_ptr<SecretStore> store,
                                                             const Owner& owner) {
  const auto opened = [&](std::string fault) {
    if (!fault.empty()) log::Error(fault);
    return std::unique_ptr<CheckedSecrets>(new CheckedSecrets(std::move(store), std::move(fault)));
  };
  auto mark = store->Get(kMark);
  if (!mark.ok()) return mark.error();
  if (*mark == owner.log_id) return opened("");
  if (owner.adopts) {
    log::Warn("the store of password hashes belongs to this log from now on",
              {{"log", owner.log_id}, {"was", mark->value_or("of no log")}});
  } else {
    const Result<bool> history = owner.has_history();
    if (!history.ok()) return history.error();
    // Another instance may have put its mark there, which it does before it writes history.
    mark = store->Get(kMark);
    if (!mark.ok()) return mark.error();
    if (*mark == owner.log_id) return opened("");
    if (*history && *mark) {
      return opened("the store of password hashes belongs to the log " + **mark + ", not to " +
                    owner.log_id + ". " + kWhatToDo);
    }
    if (*history) {
      return opened(
          "the store of password hashes has no mark of this log, which holds records: it "
          "was lost and made anew, or copied from elsewhere. " +
          std::string(kWhatToDo));
    }
  }
  if (const auto put = store->Put(kMark, owner.log_id); !put.ok()) return put.error();
  return opened("");
}

std::unique_ptr<CheckedSecrets> CheckedSecrets::Lost(std::string why) {
  why += std::string(". ") + kWhatToDo;
  log::Error(why);
  return std::unique_ptr<CheckedSecrets>(new CheckedSecrets(nullptr, std::move(why)));
}

CheckedSecrets::CheckedSecrets(std::unique_ptr<SecretStore> store, std::string fault)
    : store_(std::move(store)), fault_(std::move(fault)) {}

std::string CheckedSecrets::Fault() const { return fault_.empty() ? store_->Fault() : fault_; }

// Callers may be strangers who must not learn how the store is set up; the log tells the operator.
Error CheckedSecrets::Refused(const std::string& why) {
  const std::lock_guard lock(mutex_);
  if (std::exchange(refused_, why) != why) {
    log::Error("the store of password hashes cannot be used", {{"cause", why}});
  }
  return Error{ErrorCode::kUnavailable,
               "Nobody can log in or set a password now: the store of password hashes cannot be "
               "used. The log of the server says why.",
               {},
               5};
}

// The next failure is logged again.
void CheckedSecrets::Worked() {
  const std::lock_guard lock(mutex_);
  refused_.clear();
}

std::optional<Error> CheckedSecrets::Refusal() {
  const std::string fault = Fault();
  if (fault.empty()) return std::nullopt;
  return Refused(fault);
}

template <class Call>
auto CheckedSecrets::Ask(const Call& call) -> decltype(call()) {
  if (auto refusal = Refusal()) return *std::move(refusal);
  auto answer = call();
  if (!answer.ok()) return Refused(answer.error().message);
  return answer;
}

Result<bool> CheckedSecrets::Put(std::string_view id, std::string_view secret) {
  auto put = Ask([&] { return store_->Put(id, secret); });
  if (put.ok()) NoteStored(id);
  return put;
}

Result<bool> CheckedSecrets::PutAll(const std::vector<StoredSecret>& secrets) {
  auto put = Ask([&] { return store_->PutAll(secrets); });
  if (!put.ok()) return put;
  for (const StoredSecret& one : secrets) NoteStored(one.id);
  return put;
}

Result<std::optional<std::string>> CheckedSecrets::Get(std::string_view id) {
  auto secret = Ask([&] { return store_->Get(id); });
  if (!secret.ok() || id == kNobodysSecret) return secret;  // that one is known without the store
  Worked();
  if (!*secret) {
    NoteMissing(id, "is not there");
  } else if (!IsSecretOf(id, **secret)) {
    NoteMissing(id, "was replaced by another");
    secret = std::optional<std::string>();
  } else {
    NoteThere(id);
  }
  return secret;
}

Result<bool> CheckedSecrets::Erase(std::string_view id) {
  return Ask([&] {
    NoteErased({std::string(id)});
    return store_->Erase(id);
  });
}

Result<int> CheckedSecrets::EraseAll(const std::vector<std::string>& ids) {
  return Ask([&] {
    NoteErased(ids);
    return store_->EraseAll(ids);
  });
}

Result<bool> CheckedSecrets::Scan(std::string_view prefix, const Visit& visit) {
  return Ask([&] { return store_->Scan(prefix, visit); });
}

void CheckedSecrets::OnChange(Changed changed) {
  if (store_ != nullptr) store_->OnChange(std::move(changed));
}

Result<bool> CheckedSecrets::CatchUp() {
  return Ask([&] { return store_->CatchUp(); });
}

void CheckedSecrets::NoteStored(std::string_view id) {
  {
    const std::lock_guard lock(mutex_);
    erased_.Erase(std::string(id));
  }
  Worked();
}

void CheckedSecrets::NoteMissing(std::string_view id, const char* how) {
  const std::lock_guard lock(mutex_);
  if (erased_.Find(std::string(id)) != nullptr) return;
  if (missing_.size() == kMissingKept && !missing_.contains(id)) return;
  if (!missing_.insert_or_assign(std::string(id), Clock::now()).second) return;
  log::Error("a password hash that history names " + std::string(how) +
                 " in its store: its user cannot log in. Bring the store back from a backup, or "
                 "set the password anew: contacts user passwd",
             {{"credential", std::string(id)}});
}

void CheckedSecrets::NoteThere(std::string_view id) {
  const std::lock_guard lock(mutex_);
  if (const auto found = missing_.find(id); found != missing_.end()) missing_.erase(found);
}

// Called before they are erased, so that a log-in in between does not report them as missing.
void CheckedSecrets::NoteErased(const std::vector<std::string>& ids) {
  const std::lock_guard lock(mutex_);
  for (const std::string& id : ids) erased_.Touch(id);
}

std::string CheckedSecrets::Warning() const {
  const std::lock_guard lock(mutex_);
  std::erase_if(missing_, [](const auto& one) { return Clock::now() > one.second + kTold; });
  if (missing_.empty()) return "";
  return std::to_string(missing_.size()) +
         " password hashes that history names are missing from their store, or were replaced (" +
         missing_.begin()->first +
         "): their users cannot log in. Bring the store back from a backup, or set their passwords "
         "anew: contacts user passwd";
}

}  // namespace contacts
