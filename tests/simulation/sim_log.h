// A log that shows every fault a log can show: late, lost, repeated and reordered entries, lost
// acknowledgements, refusals. The seed decides which. Only `truth` knows which entries are history.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "events/event_log.h"
#include "events/history.h"

namespace contacts::sim {

using Random = std::mt19937_64;

// The history by the rule alone, updated with each entry.
struct Truth {
  std::map<TenantId, std::vector<std::string>> history;  // the records' bytes, in order
  std::map<TenantId, Head> heads;
  std::vector<bool> is_history;  // by offset
};

// The broker: one partition.
class SimLog : public EventLog {
 public:
  explicit SimLog(Random& random) : random_(random) {}

  int partitions() const override { return 1; }
  std::unique_ptr<LogPartition> Open(int partition) override;
  size_t max_value_bytes() const override { return 1'000'000; }

  // Appends the entry to the log.
  Offset Land(const std::string& key, const std::string& value);

  const std::vector<LogEntry>& entries() const { return entries_; }
  const Truth& truth() const { return truth_; }
  Random& random() { return random_; }

  // Copies that are still on a wire and may land at any time.
  std::vector<Outgoing> zombies;
  int64_t clock_ms = 1'700'000'000'000;

 private:
  Random& random_;
  std::vector<LogEntry> entries_;
  Truth truth_;
};

// The connection of one instance to the log.
class SimPartition : public LogPartition {
 public:
  explicit SimPartition(SimLog& log) : log_(log) {}

  void SetWake(std::function<void()>) override {}
  void Seek(Offset from) override;
  void Append(std::vector<Outgoing> entries) override;
  void QueryEnd(uint64_t query) override;
  Polled Poll(size_t max_entries) override;

  // --- what the seed does to the connection ---
  size_t in_hand() const { return hand_.size(); }
  bool behind() const { return read_ < static_cast<int64_t>(log_.entries().size()); }
  bool has_query() const { return query_.has_value(); }
  // The next Poll may return up to `count` more entries.
  void Reveal(size_t count) { revealed_ += count; }
  void AnswerQuery();
  // Lands entry `index` of those in hand, and reports it stored if `acknowledged`, else kUnknown.
  void Deliver(size_t index, bool acknowledged);
  // Gives entry `index` up. `as_zombie`: a copy of it stays on the wire.
  void Drop(size_t index, bool as_zombie);
  void Report(size_t index, Delivery outcome);
  // Breaks the connection: reports all entries in hand as kUnknown.
  void Break(double zombie_share);
  const Outgoing& hand(size_t index) const { return hand_[index]; }

 private:
  Outgoing Take(size_t index);

  SimLog& log_;
  std::deque<Outgoing> hand_;
  std::vector<DeliveryReport> reports_;
  int64_t read_ = 0;
  size_t revealed_ = 0;
  std::optional<std::pair<uint64_t, Offset>> query_;
  std::optional<std::pair<uint64_t, Offset>> answer_;
};

}  // namespace contacts::sim
