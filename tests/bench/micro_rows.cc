// The cost of the views' rows as bytes: the rows that each created contact reads or writes.
#include <benchmark/benchmark.h>

#include <string>

#include "events/rows/row_archive.h"
#include "projections/projector.h"
#include "projections/store/keys.h"
#include "projections/store/rows.h"
#include "tests/bench/example.h"
#include "tests/support/keys.h"

namespace contacts {
namespace {

template <class Row>
struct Place;
template <>
struct Place<TenantRow> {
  static constexpr View kView = View::kTenants;
  static std::string Key() { return keys::Tenant(kAcme); }
};
template <>
struct Place<CheckpointRow> {
  static constexpr View kView = View::kCheckpoints;
  static std::string Key() { return keys::Partition(0); }
};
template <>
struct Place<ContactRow> {
  static constexpr View kView = View::kContacts;
  static std::string Key() { return keys::Contact(kAcme, ContactId{1}); }
};
template <>
struct Place<MentionRow> {
  static constexpr View kView = View::kMentions;
  static std::string Key() { return keys::Contact(kAcme, ContactId{1}); }
};

// The row as the projector leaves it after one contact.
template <class Row>
struct Example {
  std::string bytes;
  Row row;
  Example() {
    MemoryViewStore views;
    Projector(views, TestKeys(), 0, 1).Apply(ExampleLog(1));
    bytes = views.Get(Place<Row>::kView, Place<Row>::Key()).value();
    if (!FromRow(bytes, &row)) throw StoreFailure("the example does not read");
  }
};

template <class Row>
void BM_ToRow(benchmark::State& bench) {
  const Example<Row> example;
  for (auto _ : bench) benchmark::DoNotOptimize(ToRow(example.row));
  bench.counters["bytes"] = static_cast<double>(example.bytes.size());
}
BENCHMARK_TEMPLATE(BM_ToRow, ContactRow);
BENCHMARK_TEMPLATE(BM_ToRow, MentionRow);
BENCHMARK_TEMPLATE(BM_ToRow, TenantRow);
BENCHMARK_TEMPLATE(BM_ToRow, CheckpointRow);

// Into a fresh row each time, as the views are read.
template <class Row>
void BM_FromRow(benchmark::State& bench) {
  const Example<Row> example;
  for (auto _ : bench) {
    Row row;
    benchmark::DoNotOptimize(FromRow(example.bytes, &row));
    benchmark::DoNotOptimize(row);
  }
}
BENCHMARK_TEMPLATE(BM_FromRow, ContactRow);
BENCHMARK_TEMPLATE(BM_FromRow, MentionRow);
BENCHMARK_TEMPLATE(BM_FromRow, TenantRow);
BENCHMARK_TEMPLATE(BM_FromRow, CheckpointRow);

// The front of a contact's row, which lists read.
void BM_FrontFromContactRow(benchmark::State& bench) {
  const Example<ContactRow> example;
  for (auto _ : bench) {
    ListedContact contact;
    benchmark::DoNotOptimize(FrontFromRow(example.bytes, &contact));
    benchmark::DoNotOptimize(contact);
  }
}
BENCHMARK(BM_FrontFromContactRow);

}  // namespace
}  // namespace contacts
