// The cost of one record on its way through the writer, step by step and as a whole.
#include <benchmark/benchmark.h>

#include <memory>
#include <vector>

#include "infra/instance/partition_loop.h"
#include "tests/bench/example.h"
#include "tests/simulation/simulation.h"
#include "tests/support/keys.h"

namespace contacts {
namespace {

void BM_Decide(benchmark::State& bench) {
  const First first;
  for (auto _ : bench) benchmark::DoNotOptimize(Decide(first.state, first.command));
}
BENCHMARK(BM_Decide);

void BM_MakeAndEncodeRecord(benchmark::State& bench) {
  const First first;
  for (auto _ : bench) {
    benchmark::DoNotOptimize(
        EncodeRecord(MakeRecord(first.state, first.command, first.event, first.world)));
  }
  bench.counters["bytes"] = static_cast<double>(first.bytes.size());
}
BENCHMARK(BM_MakeAndEncodeRecord);

// Entries of one Apply each; making them is not measured.
void BM_ApplyOneEntry(benchmark::State& bench) {
  MemoryViewStore views;
  const ViewLookup lookup(views);
  const World world = BenchWorld();
  Projector projector(views, TestKeys(), 0, 1);
  projector.Apply({OpeningEntry()});
  for (auto _ : bench) {
    bench.PauseTiming();
    const TenantState state(lookup, TestKeys(), kAcme);
    const Command command = CreateNumber(state.model().contacts);
    const Record record =
        MakeRecord(state, command, std::get<Event>(Decide(state, command)), world);
    const std::vector<LogEntry> entries = {
        {projector.checkpoint().next, Timestamp{2}, kAcme.value, EncodeRecord(record)}};
    bench.ResumeTiming();
    benchmark::DoNotOptimize(projector.Apply(entries));
  }
}
BENCHMARK(BM_ApplyOneEntry)->Iterations(20000);

// Batches of N commands through PartitionLoop: decided, sent, read back, answered.
void BM_WholeLoop(benchmark::State& bench) {
  const auto batch = static_cast<size_t>(bench.range(0));
  sim::Random random(1);
  sim::SimLog log(random);
  const LogEntry opening = OpeningEntry();
  log.Land(opening.key, opening.value);
  sim::SimInstance instance(log, std::make_unique<MemoryViewStore>(), BenchWorld(),
                            WriterOptions{});
  Instant now{std::chrono::hours(1)};
  instance.wire().AnswerQuery();
  instance.wire().Reveal(1);
  instance.Step(now);
  int64_t asked = 0, done = 0;
  for (auto _ : bench) {
    for (size_t i = 0; i < batch; ++i) {
      instance.Submit(
          {CreateNumber(asked++), [&](const Answer& answer) { done += !answer.error; }});
    }
    instance.Step(now);
    while (instance.wire().in_hand() > 0) instance.wire().Deliver(0, /*acknowledged=*/true);
    instance.wire().Reveal(batch);
    now += std::chrono::milliseconds(1);
    instance.Step(now);
  }
  if (done != asked) bench.SkipWithError("not every command was done");
  bench.SetItemsProcessed(done);
}
BENCHMARK(BM_WholeLoop)->Arg(1)->Arg(100)->MinTime(0.2);

}  // namespace
}  // namespace contacts
