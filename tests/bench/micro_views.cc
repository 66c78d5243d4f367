// The cost of a replaceable store to its readers and writers.
#include <benchmark/benchmark.h>

#include <memory>
#include <string>

#include "projections/projector.h"
#include "projections/store/keys.h"
#include "projections/store/replaceable_view_store.h"
#include "tests/bench/example_views.h"
#include "tests/support/keys.h"

namespace contacts {
namespace {

struct ReplaceableViews {
  testing::TempDir directory;
  ReplaceableViewStore store{
      std::make_shared<RocksDbViewStore>(RocksDbViewStoreOptions{directory.path()})};
};

// Filled once, read by several threads.
template <class Views>
ViewStore& Filled() {
  static const auto views = [] {
    auto filled = std::make_unique<Views>();
    Projector(filled->store, TestKeys(), 0, 1).Apply(ManyContacts());
    return filled;
  }();
  return views->store;
}

template <class Views>
void BM_GetARow(benchmark::State& bench) {
  const ViewStore& views = Filled<Views>();
  const std::string key = keys::Tenant(kAcme);
  for (auto _ : bench) benchmark::DoNotOptimize(views.Get(View::kTenants, key));
}
BENCHMARK_TEMPLATE(BM_GetARow, RocksDbViews)->Threads(1)->Threads(2);
BENCHMARK_TEMPLATE(BM_GetARow, ReplaceableViews)->Threads(1)->Threads(2);

template <class Views>
void BM_SnapshotWithARow(benchmark::State& bench) {
  const ViewStore& views = Filled<Views>();
  const std::string key = keys::Tenant(kAcme);
  for (auto _ : bench) benchmark::DoNotOptimize(views.Snapshot()->Get(View::kTenants, key));
}
BENCHMARK_TEMPLATE(BM_SnapshotWithARow, RocksDbViews);
BENCHMARK_TEMPLATE(BM_SnapshotWithARow, ReplaceableViews);

template <class Views>
void BM_Version(benchmark::State& bench) {
  const ViewStore& views = Filled<Views>();
  const TenantId tenant = kAcme;
  for (auto _ : bench) benchmark::DoNotOptimize(views.VersionStamp(tenant));
}
BENCHMARK_TEMPLATE(BM_Version, RocksDbViews);
BENCHMARK_TEMPLATE(BM_Version, ReplaceableViews);

template <class Views>
void BM_WriteARow(benchmark::State& bench) {
  ViewStore& views = Filled<Views>();
  ViewBatch batch;
  batch.Put(View::kUsers, keys::User(kAcme, UserId{"1"}), "row");
  for (auto _ : bench) views.Write(batch);
}
BENCHMARK_TEMPLATE(BM_WriteARow, RocksDbViews);
BENCHMARK_TEMPLATE(BM_WriteARow, ReplaceableViews);

// With a replacement each time, to one of two stores on the disk.
void BM_Replace(benchmark::State& bench) {
  const testing::TempDir one, other;
  const auto first = std::make_shared<RocksDbViewStore>(RocksDbViewStoreOptions{one.path()});
  const auto second = std::make_shared<RocksDbViewStore>(RocksDbViewStoreOptions{other.path()});
  ReplaceableViewStore views(first);
  for (auto _ : bench) {
    if (!views.Replace(second) || !views.Replace(first)) bench.SkipWithError("refused");
  }
}
BENCHMARK(BM_Replace);

}  // namespace
}  // namespace contacts
