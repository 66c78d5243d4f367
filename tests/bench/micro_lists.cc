// The cost of a contact list: one part of it, all of it, and all of it again after one change.
#include <benchmark/benchmark.h>

#include <memory>
#include <vector>

#include "projections/projector.h"
#include "query/list/gzip_list.h"
#include "query/list/list_cache.h"
#include "tests/bench/example_views.h"
#include "tests/support/keys.h"

namespace contacts::query {
namespace {

constexpr auto kContacts = ListKind::kContacts;
const Asker kAdmin{kAcme, "admin", std::nullopt};

// A number of contacts, and the list of all of them but the last, in both forms.
template <class Views>
struct Directory {
  explicit Directory(int64_t contacts) {
    const auto& log = ManyContacts();
    Projector projector(views.store, TestKeys(), 0, 1);
    projector.Apply({log.begin(), log.begin() + contacts});
    before = Render(nullptr);
    before->gzip();
    projector.Apply({log[static_cast<size_t>(contacts)]});
  }
  std::shared_ptr<const List> Render(const List* from) const {
    return RenderList(views.store, kContacts, kAcme, AccessSnapshotIn(views.store, kAdmin), from);
  }

  Views views;
  std::shared_ptr<const List> before;
};

// Made once for all benchmarks that use it.
template <class Views>
const Directory<Views>& Large() {
  static const Directory<Views> directory(kManyContacts);
  return directory;
}

void CountBytes(size_t bytes, benchmark::State* bench) {
  bench->counters["bytes"] = static_cast<double>(bytes);
}

template <class Views>
void BM_RenderPart(benchmark::State& bench) {
  const Directory<Views> directory(kIdsInPart);
  for (auto _ : bench) benchmark::DoNotOptimize(directory.Render(nullptr));
  CountBytes(directory.Render(nullptr)->bytes(), &bench);
}
BENCHMARK_TEMPLATE(BM_RenderPart, MemoryViews);
BENCHMARK_TEMPLATE(BM_RenderPart, RocksDbViews);

template <class Views>
void BM_RenderList(benchmark::State& bench) {
  const auto& directory = Large<Views>();
  for (auto _ : bench) benchmark::DoNotOptimize(directory.Render(nullptr));
  CountBytes(directory.Render(nullptr)->bytes(), &bench);
}
BENCHMARK_TEMPLATE(BM_RenderList, MemoryViews);
BENCHMARK_TEMPLATE(BM_RenderList, RocksDbViews);

void BM_GzipPart(benchmark::State& bench) {
  const Chunk text = Large<MemoryViews>().before->parts.front()->text();
  for (auto _ : bench) benchmark::DoNotOptimize(Deflate(*text, Flush::kFull));
  CountBytes(Deflate(*text, Flush::kFull).bytes.size(), &bench);
}
BENCHMARK(BM_GzipPart);

// The cost of joining parts that are compressed already, after one of them changed.
void BM_JoinPiece(benchmark::State& bench) {
  const std::shared_ptr<const List> list = Large<MemoryViews>().before;
  const ListParts parts(list->parts.begin(), list->parts.begin() + kPartsInPiece);
  for (auto _ : bench) benchmark::DoNotOptimize(ListPiece(parts, nullptr).zipped());
}
BENCHMARK(BM_JoinPiece);

// The plain form, from the parts of the list before.
template <class Views>
void BM_RenderAfterOneChange(benchmark::State& bench) {
  const auto& directory = Large<Views>();
  for (auto _ : bench) benchmark::DoNotOptimize(directory.Render(directory.before.get()));
}
BENCHMARK_TEMPLATE(BM_RenderAfterOneChange, MemoryViews);
BENCHMARK_TEMPLATE(BM_RenderAfterOneChange, RocksDbViews);

// Like the one above, but until the gzip form is there: the first reader after a write waits for
// it.
template <class Views>
void BM_GzipAfterOneChange(benchmark::State& bench) {
  const auto& directory = Large<Views>();
  for (auto _ : bench) benchmark::DoNotOptimize(directory.Render(directory.before.get())->gzip());
}
BENCHMARK_TEMPLATE(BM_GzipAfterOneChange, MemoryViews);
BENCHMARK_TEMPLATE(BM_GzipAfterOneChange, RocksDbViews);

// A list that is kept, and nothing changed since.
template <class Views>
void BM_ReadUnchangedList(benchmark::State& bench) {
  ListCache cache(Large<Views>().views.store, 64 << 20);
  benchmark::DoNotOptimize(cache.Read(kContacts, kAdmin));
  for (auto _ : bench) benchmark::DoNotOptimize(cache.Read(kContacts, kAdmin));
}
BENCHMARK_TEMPLATE(BM_ReadUnchangedList, MemoryViews);
BENCHMARK_TEMPLATE(BM_ReadUnchangedList, RocksDbViews);

}  // namespace
}  // namespace contacts::query
