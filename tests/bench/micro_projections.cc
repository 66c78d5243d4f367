// The cost of applying records to the views, in batches of one, of a busy writer, and of as many
// as the partition's loop hands over together (a rebuild, a start that has a long log to read).
#include <benchmark/benchmark.h>

#include <optional>
#include <vector>

#include "projections/projector.h"
#include "tests/bench/example_views.h"
#include "tests/support/keys.h"

namespace contacts {
namespace {

using Batches = std::vector<std::vector<LogEntry>>;

// Whole batches only, so that each costs the same.
Batches InBatches(const std::vector<LogEntry>& entries, size_t size) {
  Batches batches;
  for (auto from = entries.begin() + 1; entries.end() - from >= static_cast<ptrdiff_t>(size);) {
    const auto to = from + static_cast<ptrdiff_t>(size);
    batches.emplace_back(from, to);
    from = to;
  }
  return batches;
}

// Time for one record, whatever the batch.
benchmark::Counter PerRecord(int64_t records) {
  return {static_cast<double>(records), benchmark::Counter::kIsRate | benchmark::Counter::kInvert};
}

// Views that start empty, and are emptied whenever the log is at its end.
template <class Views>
void BM_ApplyContacts(benchmark::State& bench) {
  const auto size = static_cast<size_t>(bench.range(0));
  const Batches batches = InBatches(ManyContacts(), size);
  std::optional<Views> views;
  std::optional<Projector> projector;
  size_t next = batches.size();
  for (auto _ : bench) {
    if (next == batches.size()) {
      bench.PauseTiming();
      views.emplace();
      projector.emplace(views->store, TestKeys(), 0, 1);
      projector->Apply({OpeningEntry()});
      next = 0;
      bench.ResumeTiming();
    }
    benchmark::DoNotOptimize(projector->Apply(batches[next++]));
  }
  bench.counters["per_record"] = PerRecord(bench.iterations() * bench.range(0));
}
BENCHMARK_TEMPLATE(BM_ApplyContacts, MemoryViews)->Arg(1)->Arg(100)->Arg(2000);
BENCHMARK_TEMPLATE(BM_ApplyContacts, RocksDbViews)->Arg(1)->Arg(100)->Arg(2000);

// Entries that lost the race for one position, as a crowd of writers leaves them.
template <class Views>
void BM_StepOverSuperseded(benchmark::State& bench) {
  const int64_t size = bench.range(0);
  const std::vector<LogEntry> log = ExampleLog(/*contacts=*/1, /*rivals=*/1 + size);
  Views views;
  Projector projector(views.store, TestKeys(), 0, 1);
  projector.Apply({log.begin(), log.begin() + 3});
  std::vector<LogEntry> losers(log.begin() + 3, log.end());
  for (auto _ : bench) {
    int64_t offset = projector.checkpoint().next.value;
    for (LogEntry& loser : losers) loser.offset = Offset{offset++};
    benchmark::DoNotOptimize(projector.Apply(losers));
  }
  if (projector.checkpoint().superseded != bench.iterations() * size) {
    bench.SkipWithError("not every loser was superseded");
  }
  bench.counters["per_record"] = PerRecord(bench.iterations() * size);
}
BENCHMARK_TEMPLATE(BM_StepOverSuperseded, MemoryViews)->Arg(100);
BENCHMARK_TEMPLATE(BM_StepOverSuperseded, RocksDbViews)->Arg(100);

}  // namespace
}  // namespace contacts
