#include "infra/embedded/log_writer.h"

#include <algorithm>
#include <iterator>

#include "infra/base/heartbeat.h"

namespace contacts::embedded {
namespace {

// One write is one sync; a larger batch only delays the reports of all its entries.
constexpr size_t kBatchBytes = 4 << 20;

// Takes the entries at the front of `queue` that fit into one batch.
std::vector<AppendRequest> TakeBatch(std::vector<AppendRequest>* queue) {
  size_t bytes = 0;
  size_t count = 0;
  while (count < queue->size() && bytes < kBatchBytes) {
    const Outgoing& outgoing = (*queue)[count++].outgoing;
    bytes += outgoing.key.size() + outgoing.value.size();
  }
  const auto end = queue->begin() + static_cast<std::ptrdiff_t>(count);
  std::vector<AppendRequest> batch(std::make_move_iterator(queue->begin()),
                                   std::make_move_iterator(end));
  queue->erase(queue->begin(), end);
  return batch;
}

}  // namespace

LogWriter::LogWriter(EntryStore& store, std::vector<std::unique_ptr<PartitionTail>>& tails,
                     std::function<Timestamp()> clock)
    : store_(store), tails_(tails), clock_(std::move(clock)), thread_([this] { Run(); }) {}

LogWriter::~LogWriter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_one();
  thread_.join();
}

void LogWriter::Submit(std::vector<AppendRequest> requests) {
  {
    const std::lock_guard lock(mutex_);
    std::move(requests.begin(), requests.end(), std::back_inserter(queue_));
  }
  work_.notify_one();
}

void LogWriter::Wake(std::shared_ptr<WakeSlot> slot) {
  {
    const std::lock_guard lock(mutex_);
    wakes_.push_back(std::move(slot));
  }
  work_.notify_one();
}

std::optional<LogFault> LogWriter::fault() const {
  const std::lock_guard lock(mutex_);
  return fault_;
}

void LogWriter::Run() {
  Heartbeat heart("log writer");
  for (;;) {
    std::unique_lock lock(mutex_);
    heart.Wait(work_, lock, [&] { return stopping_ || !queue_.empty() || !wakes_.empty(); });
    if (stopping_ && queue_.empty() && wakes_.empty()) return;
    std::vector<std::shared_ptr<WakeSlot>> wakes;
    wakes.swap(wakes_);
    std::vector<AppendRequest> batch = TakeBatch(&queue_);
    lock.unlock();
    const Heartbeat::Task task(heart, "writing to the disk");
    for (const auto& wake : wakes) wake->Call();
    if (!batch.empty()) WriteBatch(std::move(batch));
  }
}

void LogWriter::WriteBatch(std::vector<AppendRequest> batch) {
  if (const auto failed = fault()) return ReportUnknown(std::move(batch), failed->message);
  std::vector<Placed> placed;
  placed.reserve(batch.size());
  for (AppendRequest& request : batch) {
    LogEntry entry;
    entry.key = std::move(request.outgoing.key);
    entry.value = std::move(request.outgoing.value);
    placed.push_back({request.partition, std::move(entry)});
  }
  if (const auto why = store_.Write(clock_(), &placed)) return Fail(std::move(batch), *why);
  Publish(std::move(placed), std::move(batch));
}

void LogWriter::Publish(std::vector<Placed> placed, std::vector<AppendRequest> batch) {
  std::vector<PartitionTail::Entries> entries(tails_.size());
  std::vector<std::vector<Addressed>> reports(tails_.size());
  for (size_t i = 0; i < placed.size(); ++i) {
    const auto partition = static_cast<size_t>(placed[i].partition);
    reports[partition].push_back(
        {std::move(batch[i].unpolled),
         {batch[i].outgoing.token, Delivery::kStored, placed[i].entry.offset, {}}});
    entries[partition].push_back(std::make_shared<const LogEntry>(std::move(placed[i].entry)));
  }
  for (size_t i = 0; i < tails_.size(); ++i) {
    if (!entries[i].empty()) tails_[i]->Publish(std::move(entries[i]), std::move(reports[i]));
  }
}

void LogWriter::Fail(std::vector<AppendRequest> batch, const std::string& why) {
  // Nothing may be written after a failed sync: the kernel may have dropped the pages and report
  // the next sync as good.
  {
    const std::lock_guard lock(mutex_);
    fault_ = LogFault{why};
  }
  ReportUnknown(std::move(batch), why);
}

// Never reports kNeverSent, even when it would be true: a writer would drop the record and decide
// again, without end.
void LogWriter::ReportUnknown(std::vector<AppendRequest> batch, const std::string& why) {
  for (AppendRequest& request : batch) {
    tails_[static_cast<size_t>(request.partition)]->Report(
        {{std::move(request.unpolled),
          {request.outgoing.token, Delivery::kUnknown, Offset{-1}, why}}});
  }
  for (const auto& tail : tails_) tail->WakeAll();
}

}  // namespace contacts::embedded
