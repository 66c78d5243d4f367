// The cost of the erasure of a contact that changed very often: of telling it to one viewer, and
// how long the waits of another tenant wait behind it.
#include <benchmark/benchmark.h>

#include <future>
#include <string>
#include <utility>
#include <vector>

#include "query/change_waits.h"
#include "query/changes.h"
#include "tests/bench/example.h"
#include "tests/bench/example_views.h"
#include "tests/support/keys.h"

namespace contacts::query {
namespace {

constexpr int64_t kChanges = 100'000;
const TenantId kNeighbour{"neighbour"};
const Asker kSeesAPart{kAcme, "client", std::nullopt};
const Asker kSeesItsPart{kNeighbour, "client", std::nullopt};

class ErasedAfterManyChanges : public FilledViews {
 public:
  ErasedAfterManyChanges() {
    ContactFields fields = std::get<CreateContact>(CreateVaried(1).intent).fields;
    fields.type = ContactType::kVendor;
    Then(kAcme, ContactCreated{ContactId{1}, fields, {}});
    for (int64_t i = 0; i < kChanges; ++i) {
      ContactPart before, after;
      before.title.emplace(std::nullopt);
      after.title.emplace("Title " + std::to_string(i));
      Then(kAcme, ContactChanged{ContactId{1}, before, after});
    }
    Then(kAcme, PersonErased{ContactId{1}, {}, Ground::kObjected});
    fields.type = ContactType::kInternal;
    Then(kNeighbour, ContactCreated{ContactId{1}, fields, {}});
    Apply();
  }
  Sequence BeforeTheErasure() const { return {head(kAcme).value - 1}; }
};

const ErasedAfterManyChanges& Erased() {
  static const ErasedAfterManyChanges erased;
  return erased;
}

void TheErasureOfAContactOfManyChanges(benchmark::State& bench) {
  const ErasedAfterManyChanges& erased = Erased();
  for (auto _ : bench) {
    benchmark::DoNotOptimize(
        ReadChanges(erased.views(), TestKeys(), kSeesAPart, {.since = erased.BeforeTheErasure()}));
  }
}
BENCHMARK(TheErasureOfAContactOfManyChanges)->Unit(benchmark::kMicrosecond);

void AWaitOfAnotherTenantBehindIt(benchmark::State& bench) {
  const ErasedAfterManyChanges& erased = Erased();
  for (auto _ : bench) {
    std::promise<void> ended;
    ChangeWaits waits(erased.views(), TestKeys());
    const auto deadline = ChangeWaits::Clock::now() + std::chrono::minutes(1);
    const auto viewer_of = [&](const Asker& asker) {
      return AccessSnapshotOf(erased.views(), asker).viewer;
    };
    waits.WaitFor(kSeesAPart, viewer_of(kSeesAPart), erased.BeforeTheErasure(), deadline,
                  [](ChangeWaits::Outcome) {});
    waits.WaitFor(kSeesItsPart, viewer_of(kSeesItsPart), {}, deadline,
                  [&](ChangeWaits::Outcome) { ended.set_value(); });
    ended.get_future().get();
  }
}
BENCHMARK(AWaitOfAnotherTenantBehindIt)->Unit(benchmark::kMicrosecond)->UseRealTime();

}  // namespace
}  // namespace contacts::query
