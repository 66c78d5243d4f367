// The time to make some of the views from a topic: the views that systems with fewer also have.
//   replay_views BOOTSTRAP TOPIC DIRECTORY VIEW…
// Reads partition 0 to its end through the projector, with its rule of history, and keeps the named
// views, their checkpoint and the tenants' rows, which that rule needs. DIRECTORY must be new.
// Prints "RECORDS SECONDS".
#include <chrono>
#include <iostream>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include "events/log_reader.h"
#include "infra/instance/follower.h"
#include "infra/kafka/kafka_log.h"
#include "infra/rocksdb_views/rocksdb_view_store.h"
#include "projections/projector.h"
#include "tests/support/keys.h"

namespace contacts {
namespace {

class SomeViews : public ViewStore {
 public:
  SomeViews(const std::string& directory, std::set<std::string> names)
      : store_({.directory = directory}), names_(std::move(names)) {}

  std::optional<std::string> Get(View view, std::string_view key) const override {
    return store_.Get(view, key);
  }
  void Scan(View view, std::string_view from, std::string_view to,
            const Visit& visit) const override {
    store_.Scan(view, from, to, visit);
  }
  std::unique_ptr<ViewReader> Snapshot() const override { return store_.Snapshot(); }

 private:
  void Commit(const ViewBatch& batch) override {
    ViewBatch kept;
    for (const ViewBatch::Change& change : batch.changes()) {
      if (names_.contains(NameOf(change.view))) kept.Add(change);
    }
    store_.Write(kept);
  }

  RocksDbViewStore store_;
  const std::set<std::string> names_;
};

int64_t Replay(LogPartition& partition, ViewStore& views) {
  Projector projector(views, TestKeys(), 0, 1);
  Follower follower(partition, projector, [](const TenantId&, Sequence) {});
  LogWake wake(partition);
  if (!CatchUp(follower, wake, std::chrono::seconds(30))) {
    throw std::runtime_error(follower.fault().empty() ? "the broker does not answer"
                                                      : follower.fault());
  }
  return follower.position().value;
}

int Run(char** arguments, const std::set<std::string>& views) {
  const auto begun = std::chrono::steady_clock::now();
  KafkaLogOptions options;
  options.settings["bootstrap.servers"] = arguments[1];
  options.topic.name = arguments[2];
  const auto log = KafkaLog::Open(std::move(options));
  if (!log.ok()) throw std::runtime_error(log.error().message);
  SomeViews store(arguments[3], views);
  const int64_t records = Replay(*(*log)->Open(0), store);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  std::cout << records << ' ' << took.count() << '\n';
  return 0;
}

}  // namespace
}  // namespace contacts

int main(int count, char** arguments) {
  if (count < 5) {
    std::cerr << "replay_views BOOTSTRAP TOPIC DIRECTORY VIEW…\n";
    return 2;
  }
  std::set<std::string> views = {contacts::NameOf(contacts::View::kCheckpoints),
                                 contacts::NameOf(contacts::View::kTenants)};
  views.insert(arguments + 4, arguments + count);
  try {
    return contacts::Run(arguments, views);
  } catch (const std::exception& failure) {
    std::cerr << failure.what() << '\n';
    return 1;
  }
}
