#include "tests/simulation/sim_log.h"

#include <algorithm>

namespace contacts::sim {

std::unique_ptr<LogPartition> SimLog::Open(int) { return std::make_unique<SimPartition>(*this); }

Offset SimLog::Land(const std::string& key, const std::string& value) {
  const Offset offset{static_cast<int64_t>(entries_.size())};
  entries_.push_back({offset, Timestamp{++clock_ms}, key, value});
  truth_.is_history.push_back(false);
  if (const Result<Slot> slot = ReadSlot(key, value, 0, 1)) {
    Head& head = truth_.heads[slot->tenant];
    if (slot->sequence.value == head.sequence.value + 1 && slot->previous == head.hash) {
      head = Head{slot->sequence, Sha256(value)};
      truth_.history[slot->tenant].push_back(value);
      truth_.is_history.back() = true;
    }
  }
  return offset;
}

void SimPartition::Seek(Offset from) { read_ = from.value; }

void SimPartition::Append(std::vector<Outgoing> entries) {
  for (Outgoing& entry : entries) hand_.push_back(std::move(entry));
}

void SimPartition::QueryEnd(uint64_t query) {
  query_ = {query, Offset{static_cast<int64_t>(log_.entries().size())}};
}

void SimPartition::AnswerQuery() {
  if (!query_) return;
  const auto now = static_cast<int64_t>(log_.entries().size());
  std::uniform_int_distribution<int64_t> end(query_->second.value, now);
  answer_ = {query_->first, Offset{end(log_.random())}};
  query_.reset();
}

Polled SimPartition::Poll(size_t max_entries) {
  Polled polled;
  polled.reports = std::exchange(reports_, {});
  const auto& entries = log_.entries();
  while (revealed_ > 0 && read_ < static_cast<int64_t>(entries.size()) &&
         polled.entries.size() < max_entries) {
    polled.entries.push_back(entries[static_cast<size_t>(read_++)]);
    --revealed_;
  }
  if (answer_) {
    polled.end_query = answer_->first;
    polled.end = answer_->second;
    answer_.reset();
  }
  return polled;
}

Outgoing SimPartition::Take(size_t index) {
  Outgoing entry = std::move(hand_[index]);
  hand_.erase(hand_.begin() + static_cast<std::ptrdiff_t>(index));
  return entry;
}

void SimPartition::Deliver(size_t index, bool acknowledged) {
  const Outgoing entry = Take(index);
  const Offset offset = log_.Land(entry.key, entry.value);
  if (acknowledged) {
    reports_.push_back({entry.token, Delivery::kStored, offset, ""});
  } else {
    reports_.push_back({entry.token, Delivery::kUnknown, Offset{-1}, "acknowledgement lost"});
  }
}

void SimPartition::Drop(size_t index, bool as_zombie) {
  const Outgoing entry = Take(index);
  if (as_zombie) log_.zombies.push_back(entry);
  reports_.push_back({entry.token, Delivery::kUnknown, Offset{-1}, "timed out"});
}

void SimPartition::Report(size_t index, Delivery outcome) {
  const Outgoing entry = Take(index);
  reports_.push_back({entry.token, outcome, Offset{-1}, "as the seed has it"});
}

void SimPartition::Break(double zombie_share) {
  std::bernoulli_distribution zombie(zombie_share);
  while (!hand_.empty()) Drop(0, zombie(log_.random()));
}

}  // namespace contacts::sim
