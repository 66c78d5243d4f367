// Which master keys the store needs, other keys, and wrapping all values anew.
#include <algorithm>
#include <utility>

#include "events/opening.h"
#include "events/values/hash.h"
#include "infra/base/heartbeat.h"
#include "infra/base/log.h"
#include "infra/base/wipe.h"
#include "infra/keys/wrapped_secrets.h"

namespace contacts {
namespace {

// The store acknowledges so many together.
constexpr size_t kWrappedAtOnce = 200;
// Others write meanwhile what they know of an older key; after so many rounds somebody lacks it.
constexpr int kRounds = 5;
constexpr Heartbeat::Time kStepTime{30'000};
constexpr std::string_view kMarkValue = "1";

Error NotNow(std::string why) { return {ErrorCode::kConflict, std::move(why)}; }

std::string Lacking(const MasterKeyFile& keys, const std::string& key, int values) {
  const std::string what = std::to_string(values) +
                           " values of the store of secrets are wrapped with the master key " +
                           ToHex(key);
  if (keys.path.empty()) {
    return what +
           ": name its file with --master-key-file. Without it nobody can log in, and no personal "
           "data can be read.";
  }
  return what + ", which " + keys.path +
         " (--master-key-file) does not have: add that key as a line. A key names itself by the "
         "first 4 bytes of its SHA-256.";
}

}  // namespace

Result<bool> WrappedSecrets::Check(const MasterKeyFile& keys) const {
  if (const auto read = store_->CatchUp(); !read.ok()) return read;
  std::map<std::string, int> lacking;
  const auto scanned = store_->Scan("", [&](std::string_view id, std::string_view value) {
    if (id == kOpeningKey || seal::FormOf(value) != seal::ValueForm::kWrapped) return;
    const std::string_view key = seal::KeyIdIn(value);
    if (!keys.keys.Has(key)) ++lacking[std::string(key)];
  });
  if (!scanned.ok()) return scanned;
  if (lacking.empty()) return true;
  return Error{ErrorCode::kUnavailable,
               Lacking(keys, lacking.begin()->first, lacking.begin()->second)};
}

void WrappedSecrets::BeginToNoteErased() {
  const std::lock_guard told(told_);
  erased_.emplace();
}

// Ends the noting.
std::set<std::string> WrappedSecrets::ErasedSince() {
  const std::lock_guard told(told_);
  return *std::exchange(erased_, std::nullopt);
}

// What could not be unwrapped before is told now, as far as it was not erased meanwhile.
void WrappedSecrets::Use(MasterKeyFile keys) {
  const std::lock_guard wrapping(wrapping_);
  BeginToNoteErased();
  std::vector<std::string> again;
  {
    const std::lock_guard lock(mutex_);
    keys_ = std::make_shared<const MasterKeyFile>(std::move(keys));
    for (const auto& [id, why] : bad_) again.push_back(id);
  }
  for (const std::string& id : again) {
    auto plain = Get(id);
    if (!plain.ok() || !*plain) continue;
    {
      const std::lock_guard told(told_);
      const bool tells = changed_ && id != kMark && !erased_->contains(id);
      if (tells) changed_(id, std::string_view(**plain));
    }
    Wipe(&**plain);
  }
  (void)ErasedSince();
}

Result<WrappedSecrets::Found> WrappedSecrets::Find() {
  if (const auto read = store_->CatchUp(); !read.ok()) return read.error();
  const auto keys = Keys();
  Found found;
  const auto scanned = store_->Scan("", [&](std::string_view id, std::string_view value) {
    const bool done = seal::FormOf(value) == seal::ValueForm::kWrapped &&
                      keys->keys.IsFirst(seal::KeyIdIn(value));
    if (id == kOpeningKey || id == kMark || done) return;
    auto plain = FromStore(id, value);
    if (!plain.ok()) ++found.unreadable;
    if (!plain.ok()) return;
    found.to_wrap.emplace_back(id);
    Wipe(&*plain);
  });
  if (!scanned.ok()) return scanned.error();
  return found;
}

// An id that was deleted between the reading of its value and the put would come back by the put.
// So deletions are noted from before the reading on, and done again after the put: whoever deleted
// a node had first put all that replaces it. A node that covers an erased leaf and was not deleted
// yet must stay until its siblings are put, which is the work of StoredKeys. If the process ends in
// between, the one rule of key trees deletes a node that came back, and the next start erases a
// replaced hash.
Result<int> WrappedSecrets::Wrap(const std::vector<std::string>& ids, const IsErased& is_erased) {
  const Heartbeat::Task step("wrapping the store of secrets", kStepTime);
  BeginToNoteErased();
  std::vector<StoredSecret> together;
  for (const std::string& id : ids) {
    if (is_erased(id)) continue;
    auto plain = Get(id);
    if (plain.ok() && *plain) together.push_back({id, **std::move(plain)});
  }
  const auto put = PutAll(together);
  for (StoredSecret& one : together) Wipe(&one.secret);
  const auto read = store_->CatchUp();  // after an error, too: the put may have been made
  const std::set<std::string> erased = ErasedSince();
  for (const StoredSecret& one : together) {
    if (!erased.contains(one.id)) continue;
    if (const auto again = store_->Erase(one.id); !again.ok()) return again.error();
  }
  if (!put.ok()) return put.error();
  if (!read.ok()) return read.error();
  return static_cast<int>(together.size());
}

Result<bool> WrappedSecrets::PutMark() {
  const auto mark = store_->Get(kMark);
  if (!mark.ok()) return mark.error();
  const bool is_new = !*mark;
  const bool done = !is_new && seal::FormOf(**mark) == seal::ValueForm::kWrapped &&
                    Keys()->keys.IsFirst(seal::KeyIdIn(**mark));
  if (done) return true;
  const auto put = Put(kMark, kMarkValue);
  if (put.ok() && is_new) {
    log::Info("all values of the store of secrets are wrapped; others are refused from now on");
  }
  return put;
}

Result<WrappedSecrets::Wrapped> WrappedSecrets::WrapAll(const IsErased& is_erased) {
  const std::lock_guard wrapping(wrapping_);
  if (Keys()->keys.empty()) {
    return NotNow("There is no master key: name its file with --master-key-file.");
  }
  Wrapped all;
  for (int round = 0; round < kRounds; ++round) {
    const auto found = Find();
    if (!found.ok()) return found.error();
    all.unreadable = found->unreadable;
    const std::vector<std::string>& ids = found->to_wrap;
    if (ids.empty()) {
      const auto marked = PutMark();
      return marked.ok() ? Result<Wrapped>(all) : marked.error();
    }
    for (size_t i = 0; i < ids.size(); i += kWrappedAtOnce) {
      const auto begin = ids.begin() + static_cast<ptrdiff_t>(i);
      const auto end = begin + static_cast<ptrdiff_t>(std::min(ids.size() - i, kWrappedAtOnce));
      const auto done = Wrap({begin, end}, is_erased);
      if (!done.ok()) return done.error();
      all.values += *done;
    }
  }
  return NotNow(
      "Some values are not wrapped with the first master key yet: an erasure of their nodes is not "
      "finished, or an instance without that key writes. Give all instances the same file, and "
      "wrap again in a minute.");
}

}  // namespace contacts
