#include "infra/kafka/topic_thread.h"

#include <algorithm>

#include "infra/base/heartbeat.h"
#include "infra/base/wipe.h"

namespace contacts::kafka {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t kEntriesPerPoll = 1000;

// Telling a change takes microseconds, and there can be a million.
constexpr std::chrono::minutes kWholeTime{5};

Error Unavailable(std::string why) { return Error{ErrorCode::kUnavailable, std::move(why)}; }

}  // namespace

TopicThread::TopicThread(std::unique_ptr<LogPartition> log, Reader reader, Options options)
    : log_(std::move(log)),
      reader_(std::move(reader)),
      options_(std::move(options)),
      whole_(Now()) {
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
  auto ask_at = Clock::now() + options_.ask_every;
  for (;;) {
    heart.WaitUntil(wake_, lock, ask_at, has_work);
    if (ending_) return;
    if (Clock::now() >= ask_at) {
      ++asked_;
      ask_at = Clock::now() + options_.ask_every;
    }
    if (fault_.empty()) Step(lock);
  }
}

// The caller holds mutex_ by `lock`, and has it again when this returns.
void TopicThread::Step(std::unique_lock<std::mutex>& lock) {
  awake_ = false;
  std::vector<Outgoing> outgoing = std::exchange(outgoing_, {});
  const bool asks = asked_ > queried_;
  const uint64_t query = queried_ = asked_;
  lock.unlock();
  if (!outgoing.empty()) log_->Append(std::move(outgoing));
  if (asks) log_->QueryEnd(query);
  const Moment now = Now();  // before Poll: what it returns may have come long ago
  Polled polled = log_->Poll(kEntriesPerPoll);
  const bool is_in_reach = !polled.entries.empty() || polled.end_query;
  const bool again = is_in_reach && WasAway(now);
  if (again) {
    log_->Seek(Offset{0});
    reader_.again();
  } else {
    reader_.take(polled.entries);
  }
  for (LogEntry& entry : polled.entries) Wipe(&entry.value);
  if (again) polled.entries.clear();
  lock.lock();
  if (again) BeginAgain(now);
  Note(polled);
  if (fault_.empty() && read_ >= end_ && answered_ >= until_) {
    if (again_) {
      lock.unlock();
      const Heartbeat::Task task("taking what a second reading of the topic found", kWholeTime);
      reader_.whole();
      lock.lock();
      again_ = false;
    }
    if (answered_ > caught_up_) whole_ = now;
    caught_up_ = answered_;
  }
  changed_.notify_all();
}

// The caller holds mutex_.
void TopicThread::BeginAgain(const Moment& now) {
  again_ = true;
  whole_ = now;  // a second reading that is cut off for as long begins once more
  until_ = ++asked_;
  read_ = Offset{0};
  awake_ = true;
}

TopicThread::Moment TopicThread::Now() const { return {Clock::now(), options_.clock()}; }

// Only the thread changes whole_.
bool TopicThread::WasAway(const Moment& now) const {
  const Time slept(now.time.milliseconds - whole_.time.milliseconds);
  return now.steady - whole_.steady > options_.longest_away || slept > options_.longest_away;
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
    return reports->missing == 0 &&
           (!reports->failed.empty() || (!again_ && read_ > reports->last));
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
