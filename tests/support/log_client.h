// One handle of a log, with all reports and entries that it received, for tests.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "events/event_log.h"
#include "events/opening.h"
#include "tests/support/signal.h"

namespace contacts::testing {

class LogClient {
 public:
  // `wait` lets the log make progress until the signal is raised, and says whether it was.
  using Wait = std::function<bool(Signal&)>;

  explicit LogClient(EventLog& log, int partition = 0, Offset from = Offset{0}, Wait wait = nullptr)
      : wait_(wait ? std::move(wait) : [](Signal& signal) { return signal.Wait(); }),
        handle_(log.Open(partition)) {
    handle_->SetWake([this] { signal_.Raise(); });
    handle_->Seek(from);
  }
  // The handle goes first: its wakes use the signal.
  ~LogClient() { handle_.reset(); }

  LogPartition& handle() { return *handle_; }
  Signal& signal() { return signal_; }

  // Appends each value under the key `key`, as one Append; tokens count up from 1.
  void Append(const std::vector<std::string>& values, const std::string& key = "acme") {
    std::vector<Outgoing> outgoing;
    for (const std::string& value : values) outgoing.push_back({++tokens_, key, value});
    handle_->Append(std::move(outgoing));
  }

  // Polls, and waits for wakes, until `enough`. False: the log has nothing more to say.
  bool Until(const std::function<bool()>& enough, size_t max_entries = 1000) {
    for (;;) {
      PollOnce(max_entries);
      if (enough()) return true;
      if (!wait_(signal_)) return false;
    }
  }
  size_t PollOnce(size_t max_entries = 1000) {
    Polled polled = handle_->Poll(max_entries);
    for (auto& report : polled.reports) reports.push_back(std::move(report));
    for (auto& entry : polled.entries) {
      if (entry.key != kOpeningKey) entries.push_back(entry);
      all.push_back(std::move(entry));
    }
    if (polled.end_query) {
      end_query = polled.end_query;
      end = polled.end;
    }
    if (polled.fault) fault = polled.fault;
    return polled.entries.size();
  }

  bool UntilReports(size_t count) {
    return Until([&] { return reports.size() >= count || fault; }) && reports.size() == count;
  }
  bool UntilEntries(size_t count) {
    return Until([&] { return entries.size() >= count || fault; }) && entries.size() == count;
  }
  bool UntilFault() {
    return Until([&] { return fault.has_value(); });
  }
  // Where the log ends now.
  std::optional<Offset> AskEnd() {
    handle_->QueryEnd(++queries_);
    if (!Until([&] { return end_query == queries_ || fault; }) || fault) return std::nullopt;
    return end;
  }

  std::vector<std::string> Values() const {
    std::vector<std::string> values;
    for (const LogEntry& entry : entries) values.push_back(entry.value);
    return values;
  }

  std::vector<DeliveryReport> reports;
  std::vector<LogEntry> entries;  // without opening records
  std::vector<LogEntry> all;
  std::optional<uint64_t> end_query;
  Offset end{-1};
  std::optional<LogFault> fault;

 private:
  Wait wait_;
  Signal signal_;
  uint64_t tokens_ = 0;
  uint64_t queries_ = 0;
  std::unique_ptr<LogPartition> handle_;
};

}  // namespace contacts::testing
