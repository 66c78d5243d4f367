#include "infra/kafka/topic_thread.h"

#include <algorithm>

#include "infra/base/heartbeat.h"

namespace contacts::kafka {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kEntriesPerPoll = 1000;

Error Unavailable(std::string why) { return Error{ErrorCode::kUnavailable, std::move(why)}; }

}  // namespace

TopicThread::TopicThread(std::unique_ptr<LogPartition> log, Take take)
    : log_(std::move(log)), take_(std::move(take)) {
  log_->SetWake([this] {
    {
      const std::lock_guard lock(mutex_);
      awake_ = true;
    }
    wake_.notify_one();
  });
  log_->Seek(Offset{0});
  thread_ = std::thread([this] { Run(); });
}

TopicThread::~TopicThread() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  wake_.notify_one();
  changed_.notify_all();
  thread_.join();
  log_->SetWake([] {});
}

void TopicThread::Run() {
  Heartbeat heart("secrets");
  std::unique_lock lock(mutex_);
  const auto has_work = [this] {
    return ending_ || (fault_.empty() && (awake_ || !outgoing_.empty() || asked_ > queried_));
  };
  for (;;) {
    heart.Wait(wake_, lock, has_work);
    if (ending_) return;
    awake_ = false;
    std::vector<Outgoing> outgoing = std::exchange(outgoing_, {});
    const bool asks = asked_ > queried_;
    const uint64_t query = queried_ = asked_;
    lock.unlock();
    if (!outgoing.empty()) log_->Append(std::move(outgoing));
    if (asks) log_->QueryEnd(query);
    const Polled polled = log_->Poll(kEntriesPerPoll);
    take_(polled.entries);
    lock.lock();
    Note(polled);
    changed_.notify_all();
  }
}

// The caller holds mutex_.
void TopicThread::Note(const Polled& polled) {
  if (!polled.entries.empty()) {
    read_ = Offset{polled.entries.back().offset.value + 1};
    awake_ = true;  // there may be more
  }
  for (const DeliveryReport& report : polled.reports) {
    const auto found = expected_.find(report.token);
    if (found == expected_.end()) continue;  // its Append was given up
    Reports& reports = *found->second;
    --reports.missing;
    if (report.outcome == Delivery::kStored) {
      reports.last = std::max(reports.last, report.offset);
    } else {
      reports.failed = report.reason;
    }
    expected_.erase(found);
  }
  if (polled.end_query) {
    answered_ = *polled.end_query;
    end_ = polled.end;
  }
  if (read_ >= end_) caught_up_ = answered_;
  if (polled.fault) fault_ = polled.fault->message;
}

Result<bool> TopicThread::WaitFor(std::unique_lock<std::mutex>& lock, Time time,
                                  const std::function<bool()>& done) {
  wake_.notify_one();
  for (;;) {
    const Offset before = read_;
    const bool woken =
        changed_.wait_for(lock, time, [&] { return done() || !fault_.empty() || ending_; });
    if (!fault_.empty()) return Unavailable(fault_);
    if (ending_) return Unavailable("it is being closed");
    if (woken) return true;
    if (read_ == before) return Unavailable("no answer in time");
  }
}

Result<bool> TopicThread::Append(std::vector<Entry> entries, Time time) {
  const auto reports = std::make_shared<Reports>();
  reports->missing = entries.size();
  std::unique_lock lock(mutex_);
  const uint64_t first = tokens_ + 1;
  for (auto& [key, value] : entries) {
    expected_[++tokens_] = reports;
    outgoing_.push_back({tokens_, std::move(key), std::move(value)});
  }
  const uint64_t last = tokens_;
  auto written = WaitFor(lock, time, [&] {
    return reports->missing == 0 && (!reports->failed.empty() || read_ > reports->last);
  });
  for (uint64_t token = first; token <= last; ++token) expected_.erase(token);
  if (!written.ok()) return written;
  if (!reports->failed.empty()) return Unavailable(reports->failed);
  return true;
}

Result<bool> TopicThread::CatchUp(Time time) {
  std::unique_lock lock(mutex_);
  const uint64_t query = ++asked_;
  return WaitFor(lock, time, [&] { return caught_up_ >= query; });
}

std::string TopicThread::fault() const {
  const std::lock_guard lock(mutex_);
  return fault_;
}

}  // namespace contacts::kafka
