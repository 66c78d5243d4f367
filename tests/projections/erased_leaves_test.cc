// What the next start must know to be erased: whoever keeps keys has nothing but the rows then.
#include "projections/erased_leaves.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/projections/projected.h"
#include "tests/support/acme.h"

namespace contacts::testing {
namespace {

using seal::Leaf;
using seal::LeafOfActor;
using seal::LeafOfContact;
using Leaves = std::set<std::pair<TenantId, Leaf>>;

Leaves AfterAStart(const LogScript& log) {
  MemoryViewStore views;
  Project(log, &views);
  const auto leaves = LeavesErasedBefore(views);
  return {leaves.begin(), leaves.end()};
}

Leaves OfAcme(const std::vector<Leaf>& leaves) {
  Leaves all;
  for (const Leaf leaf : leaves) all.emplace(kAcme, leaf);
  return all;
}

LogScript OfTwo() {
  LogScript log;
  log.Opens()
      .Then("acme", Created(1, "Jane", "jane@example.org"), {"9"})
      .Then("acme", Created(2, "Jo", "jo@example.org"), {"9"})
      .Then("beta", Created(1, "Jane", "jane@example.org"), {"9"});
  return log;
}

PastErased PastOf(int64_t contact, int64_t generation) {
  return {ContactId{contact},
          generation,
          FieldsOf("Jane", "jane@example.org"),
          TimeOf(Sequence{1}),
          {}};
}

TEST(ErasedLeaves, OfALogWithoutErasuresAreNone) { EXPECT_EQ(AfterAStart(OfTwo()), Leaves{}); }

// A start once forgot them: the contact is shown, so it has no tombstone.
TEST(ErasedLeaves, HoldThePastsOfAContactThatLives) {
  LogScript log = OfTwo();
  log.Then("acme", PastOf(1, 1)).Then("acme", PastOf(1, 2));
  EXPECT_EQ(AfterAStart(log),
            OfAcme({*LeafOfContact(ContactId{1}, 0), *LeafOfContact(ContactId{1}, 1)}));
}

TEST(ErasedLeaves, HoldAnErasedPersonInEachGeneration) {
  LogScript log = OfTwo();
  log.Then("acme", PastOf(1, 1))
      .Then("acme", PersonErased{ContactId{1}, {"ext:u"}, Ground::kUnlawful});
  EXPECT_EQ(AfterAStart(log), OfAcme({*LeafOfContact(ContactId{1}, 0),
                                      *LeafOfContact(ContactId{1}, 1), LeafOfActor("ext:u")}));
}

// The records of this log are of November 2025.
TEST(ErasedLeaves, HoldTheMonthsFromThatOfTheFirstRecordOn) {
  LogScript log = OfTwo();
  log.Then("acme", MonthErased{"2026-01"});
  EXPECT_EQ(AfterAStart(log),
            OfAcme({seal::LeafOfMonth(*ParseTimestamp("2025-11-01T00:00:00.000Z")),
                    seal::LeafOfMonth(*ParseTimestamp("2025-12-01T00:00:00.000Z"))}));
}

}  // namespace
}  // namespace contacts::testing
