#include "infra/instance/partition_thread.h"

#include <algorithm>
#include <utility>

#include "infra/base/log.h"

namespace contacts {
namespace {

// Bounds of the queue, which fills only while the thread is held. Most commands in it were answered
// by their deadlines, so their clients hold no connections that could bound it.
constexpr size_t kMostSubmitted = 10'000;
constexpr size_t kMostSubmittedBytes = 64 << 20;

constexpr const char* kStopping = "this instance is stopping";
constexpr const char* kFull = "too many commands wait for the thread that decides";

// A catch-up applies many entries in one step, and no client waits for it yet.
constexpr Heartbeat::Time kCatchUpStep{30'000};

// How often a record that waits for its keys is looked at; the store has them within milliseconds.
constexpr std::chrono::milliseconds kKeysLook{2};
constexpr const char* kWaitsForKeys = "a record waits for keys from the store of secrets";

// The most changes logged together: a release that knows too few events can park all tenants.
constexpr size_t kSaidAtMost = 20;

TenantList Listed(const Standings::Whys& whys) {
  TenantList list;
  list.count = static_cast<int64_t>(whys.size());
  for (auto it = whys.begin(); it != whys.end() && list.names.size() < TenantList::kNamed; ++it) {
    list.names.push_back(it->first);
  }
  return list;
}

void Say(const StandingChange& change) {
  using Kind = StandingChange::Kind;
  const std::string& tenant = change.tenant.value;
  switch (change.kind) {
    case Kind::kParked:
      return log::Warn("a tenant is parked: this build cannot apply its next record",
                       {{"tenant", tenant}, {"cause", change.why}});
    case Kind::kGoesOn:
      return log::Info("a parked tenant goes on", {{"tenant", tenant}});
    case Kind::kClosed:
      return log::Warn("a tenant is closed: it takes no writes",
                       {{"tenant", tenant}, {"cause", change.why}});
    case Kind::kOpen:
      return log::Info("a closed tenant takes writes again", {{"tenant", tenant}});
  }
}

}  // namespace

PartitionThread::PartitionThread(EventLog& log, ViewStore& views, seal::Keyring& keyring,
                                 int partition, WriterOptions options, World world,
                                 Follower::Applied applied, PartitionLoop::Erased erased)
    : partition_(partition),
      log_(log.Open(partition)),
      projector_(views, keyring, partition, log.partitions()),
      lookup_(views),
      writer_(lookup_, keyring, options, std::move(world)),
      loop_(*log_, projector_, writer_, std::move(applied), std::move(erased)) {
  projector_.Unpark();
  TellStandings();
  log_->SetWake([this] { Wake(); });
  thread_ = std::thread([this] { Run(); });
}

PartitionThread::~PartitionThread() {
  Stop(Instant::clock::now());
  log_->SetWake([] {});
}

void PartitionThread::Wake() {
  {
    const std::lock_guard lock(mutex_);
    awake_ = true;
  }
  wake_.notify_one();
}

void PartitionThread::Submit(SubmittedCommand submission) {
  const char* why = kStopping;
  const size_t bytes = submission.command.request.size();
  {
    const std::unique_lock lock(mutex_);
    const bool full =
        submitted_.size() >= kMostSubmitted || submitted_bytes_ + bytes > kMostSubmittedBytes;
    if (full) why = kFull;
    if (!refusing_ && !full) {
      submitted_bytes_ += bytes;
      submitted_.push_back(std::move(submission));
      ++unanswered_;  // corrected when the round that takes it is published
      awake_ = true;
      wake_.notify_one();
      return;
    }
  }
  submission.reply(NotTaken(submission.command, why, 1));
}

void PartitionThread::AskEnd(std::function<void()> applied) {
  {
    const std::lock_guard lock(mutex_);
    if (refusing_ || ends_asked_.size() >= kMostSubmitted) return;
    ends_asked_.push_back(std::move(applied));
    awake_ = true;
  }
  wake_.notify_one();
}

void PartitionThread::Run() {
  Heartbeat heart("partition " + std::to_string(partition_));
  while (RunRound(heart)) {
  }
}

// False: the thread ends.
bool PartitionThread::RunRound(Heartbeat& heart) {
  std::vector<SubmittedCommand> submissions;
  std::vector<std::function<void()>> ends_asked;
  {
    const std::lock_guard lock(mutex_);
    if (ending_) return false;
    awake_ = false;
    submissions.swap(submitted_);
    ends_asked.swap(ends_asked_);
    submitted_bytes_ = 0;
  }
  bool more = false;
  try {
    const Heartbeat::Task task(heart, "applying entries and deciding commands",
                               caught_up() ? Heartbeat::kAllowed : kCatchUpStep);
    for (auto& applied : ends_asked) loop_.AskEnd(std::move(applied));
    more = loop_.Step(submissions, Instant::clock::now());
  } catch (const StoreFailure& failure) {
    loop_.Abandon(std::string("the read models cannot be used: ") + failure.what());
    for (SubmittedCommand& s : submissions) s.reply(NotTaken(s.command, loop_.fault(), 1));
  }
  TellStandings();
  Publish(writer_.unanswered());
  std::unique_lock lock(mutex_);
  const auto ready = [this] { return awake_ || ending_; };
  if (const auto timer = NextLook(); more) {
    return true;
  } else if (timer) {
    heart.WaitUntil(wake_, lock, *timer, ready);
  } else {
    heart.Wait(wake_, lock, ready);
  }
  return true;
}

std::optional<Instant> PartitionThread::NextLook() const {
  const auto timer = writer_.NextTimer();
  if (!loop_.waits_for_keys()) return timer;
  const Instant soon = Instant::clock::now() + kKeysLook;
  return timer ? std::min(*timer, soon) : soon;
}

void PartitionThread::Publish(size_t unanswered) {
  const std::lock_guard lock(mutex_);
  if (status_.fault.empty() && !loop_.fault().empty()) {
    log::Error("a partition stands still",
               {{"partition", std::to_string(partition_)}, {"cause", loop_.fault()}});
  }
  status_.caught_up = loop_.caught_up();
  caught_up_.store(status_.caught_up, std::memory_order_release);
  status_.entries_left = loop_.entries_left();
  status_.fault = loop_.fault();
  status_.trouble = writer_.fault();
  if (status_.trouble.empty() && loop_.waits_for_keys()) status_.trouble = kWaitsForKeys;
  status_.superseded = projector_.checkpoint().superseded;
  status_.foreign = projector_.checkpoint().foreign;
  unanswered_ = unanswered + submitted_.size();
  changed_.notify_all();
}

void PartitionThread::TellStandings() {
  const std::vector<StandingChange> changes = projector_.standings().TakeChanges();
  if (changes.empty()) return;
  for (size_t i = 0; i < std::min(changes.size(), kSaidAtMost); ++i) Say(changes[i]);
  if (changes.size() > kSaidAtMost) {
    log::Warn("more tenants were parked or closed, or go on",
              {{"left_out", std::to_string(changes.size() - kSaidAtMost)}});
  }
  TenantList parked = Listed(projector_.standings().parked());
  TenantList closed = Listed(projector_.standings().closed());
  const std::lock_guard lock(mutex_);
  status_.parked = std::move(parked);
  status_.closed = std::move(closed);
}

PartitionStatus PartitionThread::status() const {
  const std::lock_guard lock(mutex_);
  PartitionStatus now = status_;
  now.unanswered = static_cast<int64_t>(unanswered_);
  return now;
}

bool PartitionThread::WaitCaughtUp(Instant until) {
  std::unique_lock lock(mutex_);
  changed_.wait_until(lock, until, [this] { return status_.caught_up || !status_.fault.empty(); });
  return status_.caught_up;
}

void PartitionThread::RefuseMore() {
  const std::lock_guard lock(mutex_);
  refusing_ = true;
}

bool PartitionThread::Stop(Instant until) {
  bool all_answered = true;
  {
    std::unique_lock lock(mutex_);
    refusing_ = true;
    if (thread_.joinable()) {
      all_answered = changed_.wait_until(lock, until, [this] { return unanswered_ == 0; });
    }
    ending_ = true;
  }
  wake_.notify_one();
  if (!thread_.joinable()) return all_answered;
  thread_.join();
  for (SubmittedCommand& s : std::exchange(submitted_, {}))
    s.reply(NotTaken(s.command, kStopping, 1));
  writer_.Abandon(kStopping);
  return all_answered;
}

}  // namespace contacts
