// A directory in use: random operations of users of every role on two instances that crash, checked
// against a model, and clients with copies that crash as well. CONTACTS_SOAK makes one long story
// of many short ones.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <chrono>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <optional>
#include <ostream>
#include <sstream>
#include <vector>

#include "tests/infra/api/life_story.h"

namespace contacts::api {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds kShrinking{60};

struct Length {
  int stories;
  int operations;
  int pasts;  // positions at which the list is read again at the end
};

Length Wanted() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no thread yet
  if (std::getenv("CONTACTS_SOAK") != nullptr) return {1, 10'000, 1'000};
  return {4, 150, 50};
}

bool IsLong(const Length& length) { return length.operations >= 10'000; }

// What RapidCheck makes, and makes shorter when it fails: a number for each operation.
struct Story : std::vector<uint64_t> {
  using vector::vector;
};

// The requests of a failure say more.
void showValue(const Story& story, std::ostream& out) { out << story.size() << " operations"; }

rc::Gen<Story> AnyStory(int operations) {
  return [operations](const rc::Random& seed, int) {
    rc::Random random = seed;
    Story story;
    for (int i = 0; i < operations; ++i) story.push_back(random.next());
    return rc::shrinkable::shrinkRecur(
        story, [](const Story& failed) { return rc::shrink::removeChunks(failed); });
  };
}

LifeCounts Tell(const Story& story, int pasts) {
  LifeStory life;
  for (const uint64_t seed : story) life.Operate(seed);
  life.End(pasts);
  return life.counts();
}

void ExpectAll(const LifeCounts& counts, const Length& length) {
  EXPECT_EQ(counts.operations, length.operations);
  if (IsLong(length)) {
    EXPECT_GE(counts.pasts, length.pasts);
    EXPECT_GE(counts.server_crashes + counts.client_crashes, 1'000);
  }
  std::cout << counts.operations << " operations, " << counts.server_crashes
            << " crashes of instances, " << counts.client_crashes << " of clients, " << counts.pasts
            << " lists of the past, " << counts.restarts << " copies made anew for another view\n";
}

// Each answer, tag, page, delta and history is that of the model; each copy becomes the list of its
// role, and only a changed view makes it begin again.
TEST(Life, EachAnswerIsThatOfTheModelWhateverCrashes) {
  const Length length = Wanted();
  rc::detail::TestParams params = rc::detail::configuration().testParams;
  params.maxSuccess = length.stories;
  if (IsLong(length)) params.disableShrinking = true;  // each try would take minutes
  std::optional<Clock::time_point> failed;
  Story shortest;
  const auto result = rc::detail::checkTestable(
      [&] {
        const Story story = *AnyStory(length.operations);
        if (failed && Clock::now() > *failed + kShrinking)
          return;  // the shortest that failed stays
        try {
          const LifeCounts counts = Tell(story, length.pasts);
          if (counts.operations == length.operations) ExpectAll(counts, length);
        } catch (const std::exception&) {
          if (!failed) failed = Clock::now();
          shortest = story;
          throw;
        }
      },
      rc::detail::TestMetadata{"life", "life"}, params);
  if (result.is<rc::detail::SuccessResult>()) return;
  std::ostringstream failure;
  rc::detail::printResultMessage(result, failure);
  FAIL() << failure.str();
}

}  // namespace
}  // namespace contacts::api
