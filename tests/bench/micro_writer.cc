// What one record costs on its way through the writer, step by step and as a whole.
#include <benchmark/benchmark.h>

#include <random>

#include "command/decide.h"
#include "command/record_maker.h"
#include "events/history.h"
#include "events/opening.h"
#include "infra/instance/partition_loop.h"
#include "projections/memory_view_store.h"
#include "tests/simulation/simulation.h"

namespace contacts {
namespace {

World BenchWorld() {
  return World{[] { return Timestamp{1764000000000}; },
               [random = std::mt19937_64(1)](uint8_t* to, size_t size) mutable {
                 for (size_t i = 0; i < size; ++i) to[i] = static_cast<uint8_t>(random());
               },
               WriterTag{1}};
}

Command CreateNumber(int64_t number) {
  CreateContact create;
  create.fields.full_name = "Jane Doe";
  create.fields.email = "jane.doe." + std::to_string(number) + "@example.com";
  create.fields.company = "Example Limited";
  create.fields.phone = "+49 30 1234567";
  Command command;
  command.tenant = TenantId{"acme"};
  command.actor = "7";
  command.actor_name = "Jane Doe";
  command.intent = create;
  return command;
}

// An empty tenant and the first record of its history.
struct First {
  MemoryViewStore views;
  Registry registry{views};
  TenantState state{registry, TenantId{"acme"}};
  World world = BenchWorld();
  Command command = CreateNumber(1);
  Event event = std::get<Event>(Decide(state, command));
  Record record = MakeRecord(state, command, event, world);
  std::string bytes = EncodeRecord(record);
};

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

void BM_Sha256(benchmark::State& bench) {
  const First first;
  for (auto _ : bench) benchmark::DoNotOptimize(Sha256(first.bytes));
}
BENCHMARK(BM_Sha256);

void BM_ReadSlot(benchmark::State& bench) {
  const First first;
  for (auto _ : bench) benchmark::DoNotOptimize(ReadSlot("acme", first.bytes, 0, 1));
}
BENCHMARK(BM_ReadSlot);

void BM_DecodeRecord(benchmark::State& bench) {
  const First first;
  for (auto _ : bench) benchmark::DoNotOptimize(DecodeRecord(first.bytes));
}
BENCHMARK(BM_DecodeRecord);

LogEntry OpeningEntry() {
  return {Offset{0}, Timestamp{1}, std::string(kOpeningKey),
          EncodeOpening(Opening{"log-1", 0, 1, kLogFormat}, "018bcfe5-6800-7000-8000-000000000001",
                        Timestamp{1})};
}

// Entries of one Apply each; making them is not measured.
void BM_ApplyOneEntry(benchmark::State& bench) {
  MemoryViewStore views;
  const Registry registry(views);
  const World world = BenchWorld();
  Projector projector(views, 0, 1);
  projector.Apply({OpeningEntry()});
  for (auto _ : bench) {
    bench.PauseTiming();
    const TenantState state(registry, TenantId{"acme"});
    const Command command = CreateNumber(state.contacts());
    const Record record =
        MakeRecord(state, command, std::get<Event>(Decide(state, command)), world);
    const std::vector<LogEntry> entries = {
        {projector.checkpoint().next, Timestamp{2}, "acme", EncodeRecord(record)}};
    bench.ResumeTiming();
    benchmark::DoNotOptimize(projector.Apply(entries));
  }
}
BENCHMARK(BM_ApplyOneEntry)->Iterations(20000);

// Batches of so many commands through PartitionLoop: decided, sent, read back, answered.
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

BENCHMARK_MAIN();
