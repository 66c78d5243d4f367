// The cost of a record's bytes, and of a reader's decision whether it is history.
#include <benchmark/benchmark.h>

#include "events/history.h"
#include "events/json/json_archive.h"
#include "events/record.h"
#include "events/sealed_record.h"
#include "tests/bench/example.h"
#include "tests/support/keys.h"

namespace contacts {
namespace {

void BM_EncodeRecord(benchmark::State& bench) {
  const First first;
  for (auto _ : bench) benchmark::DoNotOptimize(EncodeRecord(first.record));
  bench.counters["bytes"] = static_cast<double>(first.bytes.size());
}
BENCHMARK(BM_EncodeRecord);

void BM_DecodeRecord(benchmark::State& bench) {
  const First first;
  for (auto _ : bench) benchmark::DoNotOptimize(DecodeRecord(first.bytes));
}
BENCHMARK(BM_DecodeRecord);

// The part of decoding that the rule of history needs as well; the projector does it once for both.
void BM_ParseRecord(benchmark::State& bench) {
  const First first;
  for (auto _ : bench) benchmark::DoNotOptimize(json::Document::Parse(first.bytes));
}
BENCHMARK(BM_ParseRecord);

void BM_DecodeParsedRecord(benchmark::State& bench) {
  const First first;
  const Result<json::Document> document = json::Document::Parse(first.bytes);
  for (auto _ : bench) benchmark::DoNotOptimize(DecodeRecord(*document));
}
BENCHMARK(BM_DecodeParsedRecord);

// The sealed block of a decoded record, with its copy.
void BM_OpenRecord(benchmark::State& bench) {
  const First first;
  const Record sealed = DecodeRecord(first.bytes).value();
  for (auto _ : bench) {
    Record record = sealed;
    benchmark::DoNotOptimize(OpenData(&record, TestKeys()));
  }
}
BENCHMARK(BM_OpenRecord);

// The writer encodes and seals a record, then decodes and opens its bytes.
void BM_EncodeJudged(benchmark::State& bench) {
  const First first;
  for (auto _ : bench) benchmark::DoNotOptimize(EncodeJudged(first.record, TestKeys(), 0, 1));
}
BENCHMARK(BM_EncodeJudged);

// The contact as lists and answers have it.
void BM_ContactToJson(benchmark::State& bench) {
  const First first;
  const Contact contact = ContactOf(std::get<ContactCreated>(first.event), Timestamp{1});
  for (auto _ : bench) benchmark::DoNotOptimize(ToJson(contact));
}
BENCHMARK(BM_ContactToJson);

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

// The head that the entry leaves, as any reader of the log finds it.
Head Take(const Head& head, const LogEntry& entry) {
  const Result<Slot> slot = ReadSlot(entry.key, entry.value, 0, 1);
  if (!slot || !IsHistory(head, *slot)) return head;
  return {slot->sequence, Sha256(entry.value)};
}

// Two writers met at position 2: the first entry there is history, the second was superseded.
struct Race {
  std::vector<LogEntry> log = ExampleLog(/*contacts=*/1, /*rivals=*/2);
  Head before = Take({}, log[1]);
  Head after = Take(before, log[2]);
};

void BM_TakeHistory(benchmark::State& bench) {
  const Race race;
  if (race.after.sequence != Sequence{2}) bench.SkipWithError("it is no history");
  for (auto _ : bench) benchmark::DoNotOptimize(Take(race.before, race.log[2]));
}
BENCHMARK(BM_TakeHistory);

void BM_TakeSuperseded(benchmark::State& bench) {
  const Race race;
  if (Take(race.after, race.log[3]) != race.after) bench.SkipWithError("it was not superseded");
  for (auto _ : bench) benchmark::DoNotOptimize(Take(race.after, race.log[3]));
}
BENCHMARK(BM_TakeSuperseded);

}  // namespace
}  // namespace contacts
