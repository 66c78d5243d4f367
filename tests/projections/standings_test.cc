// Standings knows which tenants are parked or closed without reading rows, also after a restart.
#include "projections/standings.h"

#include "events/values/hash.h"
#include "tests/projections/projected.h"
#include "tests/support/keys.h"

namespace contacts::testing {
namespace {

using Kind = StandingChange::Kind;

std::vector<std::pair<std::string, Kind>> Changes(Projector* projector) {
  std::vector<std::pair<std::string, Kind>> changes;
  for (const StandingChange& change : projector->standings().TakeChanges()) {
    changes.emplace_back(change.tenant.value, change.kind);
  }
  return changes;
}

std::vector<std::string> Names(const Standings::Whys& whys) {
  std::vector<std::string> names;
  for (const auto& [tenant, why] : whys) names.push_back(tenant);
  return names;
}

// Orphans of `acme`, which grow for longer than a race lasts.
LogScript Lost() {
  const auto entry = [](int sequence, const std::string& previous) {
    return R"({"tenant":"acme","sequence":)" + std::to_string(sequence) + R"(,"previous":")" +
           previous + "\"}";
  };
  const std::string first = entry(7, std::string(64, 'f'));
  LogScript log;
  log.Opens().Then("acme", Created(1, "A", "a@example.org")).Raw("acme", first);
  log.AfterPause(std::chrono::minutes(10)).Raw("acme", entry(8, ToHex(Sha256(first))));
  return log;
}

TEST(Standings, AParkedTenantIsKnownImmediatelyAndAfterARestart) {
  LogScript log;
  log.Opens()
      .Then("other", Created(1, "O", "o@example.org"))
      .Unknown("acme")
      .Then("acme", Created(1, "A", "a@example.org"));
  MemoryViewStore views;
  Projector projector(views, TestKeys(), 0, 1);
  projector.Apply(log.entries());
  EXPECT_EQ(Names(projector.standings().parked()), std::vector<std::string>{"acme"});
  EXPECT_EQ(Changes(&projector), (std::vector{std::pair(std::string("acme"), Kind::kParked)}));
  EXPECT_TRUE(Changes(&projector).empty());

  Projector again(views, TestKeys(), 0, 1);
  EXPECT_EQ(again.Unpark(), 0);
  EXPECT_EQ(Names(again.standings().parked()), std::vector<std::string>{"acme"});
  EXPECT_EQ(Changes(&again), (std::vector{std::pair(std::string("acme"), Kind::kParked)}));
}

TEST(Standings, AClosedTenantIsKnownImmediatelyAndAfterARestart) {
  MemoryViewStore views;
  Projector projector(views, TestKeys(), 0, 1);
  projector.Apply(Lost().entries());
  EXPECT_EQ(Names(projector.standings().closed()), std::vector<std::string>{"acme"});
  EXPECT_EQ(Changes(&projector), (std::vector{std::pair(std::string("acme"), Kind::kClosed)}));

  Projector again(views, TestKeys(), 0, 1);
  EXPECT_EQ(Names(again.standings().closed()), std::vector<std::string>{"acme"});
  EXPECT_TRUE(again.standings().parked().empty());
}

// Partitions share their views; each knows only its own tenants.
TEST(Standings, AnotherPartitionsTenantsAreNotCounted) {
  MemoryViewStore views;
  Projector(views, TestKeys(), 0, 1).Apply(Lost().entries());
  size_t known = 0;
  for (int p = 0; p < 4; ++p)
    known += Projector(views, TestKeys(), p, 4).standings().closed().size();
  EXPECT_EQ(known, 1U);
}

TEST(Standings, ATenantThatGoesOnIsSaidToDoSo) {
  Standings standings;
  TenantRow row;
  row.parked = row.closed = "why";
  standings.Note("acme", row);
  standings.Note("acme", row);
  standings.Note("acme", TenantRow{});
  std::vector<Kind> kinds;
  for (const StandingChange& change : standings.TakeChanges()) kinds.push_back(change.kind);
  EXPECT_EQ(kinds, (std::vector{Kind::kParked, Kind::kClosed, Kind::kGoesOn, Kind::kOpen}));
  EXPECT_TRUE(standings.parked().empty());
  EXPECT_TRUE(standings.closed().empty());
}

}  // namespace
}  // namespace contacts::testing
