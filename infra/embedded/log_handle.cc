#include "infra/embedded/log_handle.h"

#include <algorithm>
#include <iterator>

namespace contacts::embedded {
namespace {

// One Poll from disk hands out little more than this, however large the entries are.
constexpr size_t kPollBytes = 8 << 20;

}  // namespace

LogHandle::LogHandle(int partition, std::optional<size_t> max_value_bytes, const EntryStore& store,
                     PartitionTail& tail, LogWriter& writer)
    : partition_(partition),
      max_value_bytes_(max_value_bytes),
      store_(store),
      tail_(tail),
      writer_(writer),
      unpolled_(tail.Join()) {}

LogHandle::~LogHandle() { unpolled_->wake->Set(nullptr); }

void LogHandle::SetWake(std::function<void()> wake) { unpolled_->wake->Set(std::move(wake)); }

void LogHandle::Refuse(const Outgoing& outgoing, Delivery outcome, std::string reason) {
  refused_.push_back({outgoing.token, outcome, Offset{-1}, std::move(reason)});
}

void LogHandle::Append(std::vector<Outgoing> entries) {
  std::vector<AppendRequest> requests;
  requests.reserve(entries.size());
  for (Outgoing& outgoing : entries) {
    if (!max_value_bytes_) {
      Refuse(outgoing, Delivery::kDenied, "the log was opened for reading only");
    } else if (outgoing.value.size() > *max_value_bytes_) {
      Refuse(outgoing, Delivery::kNeverSent,
             "a value of " + std::to_string(outgoing.value.size()) + " bytes; the log takes " +
                 std::to_string(*max_value_bytes_));
    } else if (damage_) {
      Refuse(outgoing, Delivery::kUnknown, damage_->message);
    } else {
      requests.push_back({partition_, std::move(outgoing), unpolled_});
    }
  }
  if (!requests.empty()) writer_.Submit(std::move(requests));
  if (!refused_.empty()) writer_.Wake(unpolled_->wake);
}

void LogHandle::QueryEnd(uint64_t query) {
  query_ = query;
  writer_.Wake(unpolled_->wake);
}

Polled LogHandle::Poll(size_t max_entries) {
  Polled polled;
  // Looked up first: the last Poll must return all reports from before the fault.
  polled.fault = writer_.fault();
  if (!polled.fault) polled.fault = damage_;
  PartitionTail::Taken taken = tail_.Take(*unpolled_, next_, max_entries);
  polled.reports = std::move(taken.reports);
  std::move(refused_.begin(), refused_.end(), std::back_inserter(polled.reports));
  refused_.clear();
  if (polled.fault) return polled;
  const Offset end = taken.end;
  ReadEntries(std::move(taken), max_entries, &polled);
  if (query_) {
    polled.end_query = query_;
    polled.end = end;
    query_.reset();
  }
  polled.fault = damage_;
  if (!damage_ && max_entries > 0 && next_ < end) writer_.Wake(unpolled_->wake);
  return polled;
}

void LogHandle::ReadEntries(PartitionTail::Taken taken, size_t max_entries, Polled* polled) {
  for (const auto& entry : taken.entries) polled->entries.push_back(*entry);
  if (taken.entries.empty() && next_ < taken.kept) {
    damage_ = store_.Read(partition_, next_, taken.kept, max_entries, kPollBytes, &polled->entries);
  }
  if (!polled->entries.empty()) next_ = Offset{polled->entries.back().offset.value + 1};
}

}  // namespace contacts::embedded
