// The cost of a page of the contact list, now and as it was, in a tenant of a million records: half
// a million contacts, then one change of each, in another order.
#include <benchmark/benchmark.h>

#include <string>
#include <utility>
#include <vector>

#include "query/list/pages.h"
#include "tests/bench/example.h"
#include "tests/bench/example_views.h"
#include "tests/support/keys.h"

namespace contacts::query {
namespace {

constexpr int64_t kMadeContacts = 500'000;
constexpr int64_t kWalked = 100'000;
const Sequence kThen{kMadeContacts};  // each contact was made, and none was changed

class Million : public FilledViews {
 public:
  Million() {
    for (int64_t id = 1; id <= kMadeContacts; ++id)
      Then(kAcme, ContactCreated{ContactId{id}, FieldsOf(id), {}});
    // 7919 has no factor in common with the number of contacts, so each one comes once.
    for (int64_t i = 0; i < kMadeContacts; ++i) {
      const int64_t id = 1 + i * 7919 % kMadeContacts;
      ContactPart before, after;
      before.title.emplace(std::nullopt);
      after.title.emplace("Title " + std::to_string(i));
      Then(kAcme, ContactChanged{ContactId{id}, before, after});
    }
    Apply();
  }

 private:
  static ContactFields FieldsOf(int64_t number) {
    ContactFields fields = std::get<CreateContact>(CreateVaried(number).intent).fields;
    fields.type = ContactType::kClient;
    return fields;
  }
};

// Made once, which takes half a minute.
const ViewStore& MillionRecords() {
  static const Million million;
  return million.views();
}

Page ReadPage(const Asker& asker, const PageWanted& wanted) {
  return PageReader(MillionRecords(), TestKeys(), asker, wanted).Read(nullptr).value();
}

void CountPage(const Page& page, benchmark::State* bench) {
  bench->counters["bytes"] = static_cast<double>(page.list->bytes());
}

const Asker kSeesAll{kAcme, "admin", std::nullopt};
const Asker kSeesNothing{kAcme, "client", std::nullopt};

// 100 contacts from somewhere, another place each time, so that what was read before helps little.
void BM_Page(benchmark::State& bench, bool is_past, int64_t limit) {
  PageWanted wanted{.limit = limit};
  if (is_past) wanted.as_of = kThen;
  MillionRecords();  // not measured
  int64_t place = 0;
  for (auto _ : bench) {
    place = (place + 104'729) % (kMadeContacts - limit);
    wanted.after = ContactId{place};
    benchmark::DoNotOptimize(ReadPage(kSeesAll, wanted));
  }
  CountPage(ReadPage(kSeesAll, wanted), &bench);
}
BENCHMARK_CAPTURE(BM_Page, now_100, false, 100);
BENCHMARK_CAPTURE(BM_Page, past_100, true, 100);
BENCHMARK_CAPTURE(BM_Page, now_1000, false, 1000);
BENCHMARK_CAPTURE(BM_Page, past_1000, true, 1000);

// 100,000 contacts in pages of 1,000.
void BM_WalkPages(benchmark::State& bench, bool is_past) {
  for (auto _ : bench) {
    PageWanted wanted{.limit = 1000};
    if (is_past) wanted.as_of = kThen;
    while (wanted.after.value < kWalked) wanted.after = ReadPage(kSeesAll, wanted).next.value();
  }
}
BENCHMARK_CAPTURE(BM_WalkPages, now, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_WalkPages, past, true)->Unit(benchmark::kMillisecond);

// The bound of a page, for a viewer that sees none of the contacts.
void BM_PageOfNothing(benchmark::State& bench, bool is_past) {
  PageWanted wanted{.limit = 100};
  if (is_past) wanted.as_of = kThen;
  for (auto _ : bench) benchmark::DoNotOptimize(ReadPage(kSeesNothing, wanted));
}
BENCHMARK_CAPTURE(BM_PageOfNothing, now, false)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(BM_PageOfNothing, past, true)->Unit(benchmark::kMillisecond);

// All of a list of which as many contacts changed as it may be.
void BM_ListOfThePast(benchmark::State& bench) {
  const PageWanted wanted{.after = ContactId{kMadeContacts - FoldBounds{}.contacts},
                          .as_of = kThen};
  for (auto _ : bench) CountPage(ReadPage(kSeesAll, wanted), &bench);
}
BENCHMARK(BM_ListOfThePast)->Unit(benchmark::kMillisecond)->Iterations(1);

}  // namespace
}  // namespace contacts::query
