#include "infra/instance/partition_thread.h"

#include <utility>

#include "infra/base/log.h"
#include "infra/base/thread_name.h"

namespace contacts {
namespace {

constexpr const char* kStopping = "this instance is stopping";

}  // namespace

PartitionThread::PartitionThread(EventLog& log, ViewStore& views, int partition,
                                 WriterOptions options, World world, Follower::Applied applied)
    : partition_(partition),
      log_(log.Open(partition)),
      projector_(views, partition, log.partitions()),
      registry_(views),
      writer_(registry_, options, std::move(world)),
      loop_(*log_, projector_, writer_, std::move(applied)) {
  projector_.Unpark();
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

void PartitionThread::Submit(Submission submission) {
  {
    const std::unique_lock lock(mutex_);
    if (!refusing_) {
      submitted_.push_back(std::move(submission));
      ++unanswered_;  // corrected when the round that takes it is published
      awake_ = true;
      wake_.notify_one();
      return;
    }
  }
  submission.reply(NotTaken(submission.command, kStopping, 1));
}

void PartitionThread::Run() {
  NameThread("partition " + std::to_string(partition_));
  while (RunRound()) {
  }
}

// False: the thread ends.
bool PartitionThread::RunRound() {
  std::vector<Submission> submissions;
  {
    const std::lock_guard lock(mutex_);
    if (ending_) return false;
    awake_ = false;
    submissions.swap(submitted_);
  }
  bool more = false;
  try {
    more = loop_.Step(submissions, Instant::clock::now());
  } catch (const StoreFailure& failure) {
    loop_.Abandon(std::string("the read models cannot be used: ") + failure.what());
    for (Submission& s : submissions) s.reply(NotTaken(s.command, loop_.fault(), 1));
  }
  Publish(writer_.unanswered());
  std::unique_lock lock(mutex_);
  const auto ready = [this] { return awake_ || ending_; };
  if (const auto timer = writer_.NextTimer(); more) {
    return true;
  } else if (timer) {
    wake_.wait_until(lock, *timer, ready);
  } else {
    wake_.wait(lock, ready);
  }
  return true;
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
  status_.superseded = projector_.checkpoint().superseded;
  status_.foreign = projector_.checkpoint().foreign;
  unanswered_ = unanswered + submitted_.size();
  changed_.notify_all();
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
  for (Submission& s : std::exchange(submitted_, {})) s.reply(NotTaken(s.command, kStopping, 1));
  writer_.Abandon(kStopping);
  return all_answered;
}

}  // namespace contacts
