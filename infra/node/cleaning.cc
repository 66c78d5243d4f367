#include "infra/node/cleaning.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "events/rows/row_archive.h"
#include "events/values/hash.h"
#include "infra/base/log.h"
#include "projections/store/keys.h"
#include "projections/store/rows.h"

namespace contacts {
namespace {

// Rewriting a large store takes as long as its disk needs.
constexpr std::chrono::hours kCleaningTask{48};
// Kafka compacts an hour or two after the last change; a topic that still holds seeds after a day
// is not being compacted.
constexpr int64_t kLongMilliseconds = int64_t{24} * 3600 * 1000;

}  // namespace

std::string ErasuresIn(const ViewReader& views) {
  std::string all;
  views.Scan(View::kTenants, "", "", [&](std::string_view key, std::string_view value) {
    TenantRow row;
    if (!FromRow(value, &row)) throw StoreFailure("a row of the tenants cannot be read");
    // A parked tenant obeys an erasure before it applies it.
    const Sequence newest = std::max(row.erasure, row.obeyed);
    if (newest.value > 0) {
      all += keys::TenantOf(key).value + ' ' + std::to_string(newest.value) + '\n';
    }
    return true;
  });
  return all.empty() ? all : ToHex(Sha256(all));
}

Cleaning::Cleaning(Parts parts, Options options)
    : parts_(std::move(parts)),
      options_(std::move(options)),
      retry_(options_.first_retry, options_.longest_retry) {}

void Cleaning::Start() {
  thread_ = std::thread([this] { Run(); });
}

void Cleaning::Stop() {
  stop_ = true;
  {
    const std::lock_guard lock(mutex_);  // the thread either sees it or is waiting
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

// The caller holds mutex_.
void Cleaning::BeDue(Clock::time_point at) {
  if (!state_.due_since) state_.due_since = options_.clock();
  at_ = std::min(at_, at);
  wake_.notify_all();
}

void Cleaning::OnErased(std::function<void(const TenantId&)> forget) {
  const std::lock_guard lock(mutex_);
  forget_.push_back(std::move(forget));
}

void Cleaning::Erased(const TenantId& tenant) {
  const std::lock_guard lock(mutex_);
  for (const auto& forget : forget_) forget(tenant);
  ++erased_;
  files_done_ = false;
  BeDue(begun_ && !urgent_ ? *begun_ + options_.every : Clock::now());
}

void Cleaning::AskNow() {
  const std::lock_guard lock(mutex_);
  if (!state_.due_since || urgent_) return;
  urgent_ = true;
  if (!files_done_) BeDue(Clock::now());
}

Cleaning::State Cleaning::state() const {
  const std::lock_guard lock(mutex_);
  State state = state_;
  if (!failed_.empty()) state.waits_for = failed_;
  return state;
}

std::string Cleaning::Warning() const {
  const std::lock_guard lock(mutex_);
  if (!failed_.empty()) {
    return "bytes of people who were erased are still in the files of this instance: " + failed_ +
           ". Contacts tries again";
  }
  if (state_.due_since && !state_.waits_for.empty() &&
      options_.clock().milliseconds - state_.due_since->milliseconds > kLongMilliseconds) {
    return "keys of people who were erased have been in Kafka's topic of secrets for more than a "
           "day: " +
           state_.waits_for;
  }
  if (kept_.empty()) return "";
  return "a restore kept " + kept_.front() +
         ", which may hold people who were erased since, with their keys";
}

void Cleaning::Run() {
  Heartbeat heart("cleaning");
  try {
    const Result<std::string> cleaned = parts_.cleaned();
    const std::lock_guard lock(mutex_);
    if (!cleaned.ok() || *cleaned != parts_.erasures()) BeDue(Clock::now() + options_.after_start);
  } catch (const StoreFailure& failure) {  // the part "views" says so
    log::Error("the read models cannot be read", {{"cause", failure.what()}});
  }
  std::unique_lock lock(mutex_);
  while (!stop_) {
    heart.WaitUntil(wake_, lock, at_, [this] { return stop_ || at_ <= Clock::now(); });
    if (stop_) return;
    if (at_ > Clock::now()) continue;
    const uint64_t erased = erased_;
    at_ = Clock::time_point::max();
    if (!files_done_) begun_ = Clock::now();
    lock.unlock();
    const Result<bool> done = [&] {
      const Heartbeat::Task task(heart, "rewriting files after an erasure", kCleaningTask);
      return CleanOnce();
    }();
    lock.lock();
    if (!stop_) Note(erased, done);
  }
}

// False: it was stopped, or the topic is not compacted yet.
Result<bool> Cleaning::CleanOnce() try {
  const std::string erasures = parts_.erasures();
  if (files_cleaned_ != erasures) {
    const auto files = CleanFiles(erasures);
    if (!files.ok() || !*files) return files;
  }
  if (parts_.left_in_topic) {
    const auto left = parts_.left_in_topic(stop_);
    if (!left.ok()) return left.error();
    const std::lock_guard lock(mutex_);
    state_.waits_for = *left == 0 ? ""
                                  : std::to_string(*left) +
                                        " entries of the topic of secrets hold what was "
                                        "erased, until Kafka compacts it";
    if (*left > 0) return false;
  }
  return parts_.note_cleaned(erasures);
} catch (const StoreFailure& failure) {
  return Error{ErrorCode::kUnavailable, failure.what()};
}

Result<bool> Cleaning::CleanFiles(const std::string& erasures) {
  log::Info("the files are rewritten after an erasure");
  for (const Step& step : parts_.steps) {
    const auto done = step(stop_);
    if (!done.ok() || !*done) return done;
  }
  files_cleaned_ = erasures;
  const std::lock_guard lock(mutex_);
  files_done_ = true;
  return true;
}

// The caller holds mutex_.
void Cleaning::Note(uint64_t erased, const Result<bool>& done) {
  if (parts_.kept) kept_ = parts_.kept();
  failed_ = done.ok() ? "" : done.error().message;
  if (!done.ok()) log::Warn("the files cannot be rewritten now", {{"cause", failed_}});
  if (erased != erased_) {  // somebody was erased meanwhile
    files_done_ = false;
    return BeDue(urgent_ ? Clock::now() : *begun_ + options_.every);
  }
  if (!done.ok() || !*done) return BeDue(Clock::now() + retry_.Next());
  retry_.Reset();
  at_ = Clock::time_point::max();
  urgent_ = false;
  state_.due_since.reset();
  state_.last_done = options_.clock();
  ++state_.done;
  log::Info("no file of this instance holds an erased person any more");
}

}  // namespace contacts
