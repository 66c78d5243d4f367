// Several writers on one tenant, in virtual time: saturated writers share it and lose little of
// what ideal alternation would give; no writer starves; one with few commands is served soon.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <map>
#include <numeric>
#include <optional>

#include "events/opening.h"
#include "tests/simulation/simulation.h"
#include "tests/support/memory_view_store.h"

namespace contacts::sim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr microseconds kTick{200};
constexpr microseconds kJitter{300};

struct Load {
  microseconds latency;  // one way to the log, or back
  int clients = 8;
  microseconds think{0};  // of a client, between an answer and its next command
  bool repeats = false;   // every other command asks for an e-mail that is taken
};

// An instance whose clients each send a new command once the last one is answered.
class Busy {
 public:
  Busy(SimLog& log, const World& world, const Load& load)
      : instance_(log, std::make_unique<MemoryViewStore>(), world, WriterOptions{}),
        log_(log),
        load_(load),
        next_(static_cast<size_t>(load.clients)) {}
  ~Busy() { over_ = true; }

  void Tick(Instant now, const std::vector<Instant>& landed, Random& random) {
    now_ = now;
    while (due_.size() < instance_.wire().in_hand()) {
      due_.push_back(now + load_.latency + microseconds(random() % kJitter.count()));
    }
    while (!due_.empty() && due_.front() <= now) {
      instance_.wire().Deliver(0, /*acknowledged=*/true);
      due_.pop_front();
    }
    size_t readable = 0;
    while (seen_ + readable < landed.size() && landed[seen_ + readable] + load_.latency <= now) {
      ++readable;
    }
    seen_ += readable;
    instance_.wire().Reveal(readable);
    AnswerQuestion();
    for (size_t client = 0; client < next_.size() && instance_.loop().caught_up(); ++client) {
      if (next_[client] <= now) Ask(client);
    }
    instance_.Step(now);
  }

  int64_t done() const { return done_; }
  int64_t refused() const { return refused_; }
  Instant::duration longest_refusal() const { return longest_refusal_; }
  // Counts commands that are still open, too.
  Instant::duration longest_wait() const {
    auto longest = longest_wait_;
    for (const auto& [client, asked] : open_) longest = std::max(longest, now_ - asked);
    return longest;
  }

 private:
  // An end query takes as long as a record, there and back.
  void AnswerQuestion() {
    if (!instance_.wire().has_query()) return;
    if (!answered_at_) answered_at_ = now_ + 2 * load_.latency;
    if (now_ < *answered_at_) return;
    answered_at_.reset();
    instance_.wire().AnswerQuery();
  }

  void Ask(size_t client) {
    Command command;
    command.tenant.value = "acme";
    command.actor = "1";
    CreateContact create;
    create.fields.full_name = "N";
    create.fields.email = "e" + std::to_string(log_.clock_ms) + "-" + std::to_string(asked_++) +
                          "-" + std::to_string(reinterpret_cast<uintptr_t>(this)) + "@x.y";
    if (load_.repeats && asked_ % 2 == 0) create.fields.email = "taken@x.y";
    command.intent = create;
    open_[client] = now_;
    next_[client] = Instant::max();
    instance_.Submit({command, [this, client](const Answer& answer) {
                        if (over_) return;
                        done_ += !answer.error;
                        if (answer.error) {
                          ++refused_;
                          longest_refusal_ = std::max(longest_refusal_, now_ - open_.at(client));
                        }
                        longest_wait_ = std::max(longest_wait_, now_ - open_.at(client));
                        open_.erase(client);
                        next_[client] = now_ + load_.think;
                      }});
  }

  bool over_ = false;  // answers no longer count
  SimInstance instance_;
  SimLog& log_;
  const Load load_;
  Instant now_;
  std::deque<Instant> due_;
  size_t seen_ = 0;
  std::vector<Instant> next_;       // when each client asks again
  std::map<size_t, Instant> open_;  // when each waiting client asked
  int64_t asked_ = 0, done_ = 0, refused_ = 0;
  Instant::duration longest_wait_{}, longest_refusal_{};
  std::optional<Instant> answered_at_;  // when the end query in flight is answered
};

struct Outcome {
  std::vector<int64_t> done;     // per second
  std::vector<int64_t> refused;  // in all
  std::vector<Instant::duration> longest_refusal;
  std::vector<Instant::duration> longest_wait;
  int64_t total() const { return std::accumulate(done.begin(), done.end(), int64_t{0}); }
};

Outcome RunBusy(const std::vector<Load>& loads, seconds time = seconds(2)) {
  Random random(7);
  SimLog log(random);
  const World world{[&] { return Timestamp{log.clock_ms}; },
                    [&](uint8_t* to, size_t size) {
                      std::generate_n(to, size, [&] { return static_cast<uint8_t>(random()); });
                    }};
  log.Land(std::string(kOpeningKey), EncodeOpening({"turns", 0, 1, kLogFormat}, "1", {0}));
  std::vector<std::unique_ptr<Busy>> writers;
  for (const Load& load : loads) writers.push_back(std::make_unique<Busy>(log, world, load));
  const Instant begin{std::chrono::hours(1)};
  std::vector<Instant> landed;
  for (Instant now = begin; now < begin + time; now += kTick) {
    for (const auto& writer : writers) {
      landed.resize(log.entries().size(), now);
      writer->Tick(now, landed, random);
    }
  }
  Outcome outcome;
  for (const auto& writer : writers) {
    outcome.done.push_back(writer->done() / time.count());
    outcome.refused.push_back(writer->refused());
    outcome.longest_refusal.push_back(writer->longest_refusal());
    outcome.longest_wait.push_back(writer->longest_wait());
  }
  return outcome;
}

// Records per second if each writer sent its batch the moment it read the batch before it.
double IdealAlternation(const std::vector<Load>& loads) {
  double cycle = 0, records = 0;
  for (const Load& load : loads) {
    cycle += static_cast<double>((2 * load.latency + kJitter + 2 * kTick).count());
    records += load.clients;
  }
  return 1e6 * records / cycle;
}

class Turns : public ::testing::TestWithParam<std::vector<int>> {};  // latencies in microseconds

TEST_P(Turns, SaturatedWritersShareFairlyAndLoseLittle) {
  std::vector<Load> loads;
  for (const int latency : GetParam()) loads.push_back({microseconds(latency)});
  const Outcome outcome = RunBusy(loads);
  const double total = static_cast<double>(outcome.total());
  EXPECT_GE(total * 1.5, IdealAlternation(loads));
  for (size_t i = 0; i < loads.size(); ++i) {
    EXPECT_GE(static_cast<double>(outcome.done[i]), total / static_cast<double>(loads.size()) / 2)
        << ::testing::PrintToString(outcome.done);
    EXPECT_LE(outcome.longest_wait[i], seconds(1)) << i;
  }
}

// Two, three and five writers, with equal and unequal latencies.
INSTANTIATE_TEST_SUITE_P(
    Writers, Turns,
    ::testing::Values(std::vector{800, 800}, std::vector{500, 2000}, std::vector{300, 500},
                      std::vector{1000, 5000}, std::vector{800, 800, 800},
                      std::vector{500, 2000, 2000}, std::vector{500, 1000, 2500},
                      std::vector{300, 300, 500}, std::vector{1000, 1000, 5000},
                      std::vector{800, 800, 800, 800, 800}, std::vector{500, 500, 500, 2000, 2000},
                      std::vector{300, 300, 300, 500, 500}, std::vector{500, 800, 1000, 1500, 3000},
                      std::vector{1000, 1000, 1000, 5000, 5000}));

class NowAndThen : public ::testing::TestWithParam<std::pair<int, int>> {};

TEST_P(NowAndThen, OneThatAsksNowAndThenIsServedSoonAndCostsTheSaturatedOneLittle) {
  const Load saturated{microseconds(GetParam().first), 16};
  const Load other{microseconds(GetParam().second), 1, milliseconds(50)};
  const Outcome alone = RunBusy({saturated});
  const Outcome both = RunBusy({saturated, other});
  // For each command of the other, the saturated writer drains, lets the other go first, and waits
  // for it once more in vain.
  EXPECT_GE(both.done[0] * 2, alone.done[0]);
  EXPECT_LE(both.longest_wait[0], milliseconds(50));
  EXPECT_LE(both.longest_wait[1], 10 * (other.latency + saturated.latency));
}

INSTANTIATE_TEST_SUITE_P(Ways, NowAndThen,
                         ::testing::Values(std::pair(300, 300), std::pair(800, 2000),
                                           std::pair(300, 5000), std::pair(2000, 300)));

// The other writer's next command comes just when its pause ends. A pause that only shrank to the
// measured time would bind the saturated writer to the other one's pace.
TEST(TurnsCost, OneThatAsksEveryTenMillisecondsDoesNotSetThePace) {
  const Load saturated{microseconds(300), 16};
  const Outcome alone = RunBusy({saturated});
  const Outcome both = RunBusy({saturated, {microseconds(300), 1, milliseconds(10)}});
  EXPECT_GE(both.done[0] * 3, alone.done[0]);
}

TEST(TurnsCost, TwoWritersKeepMoreThanAThirdOfWhatOneAlonePutsThrough) {
  const Load load{microseconds(800), 16};
  const int64_t alone = RunBusy({load}).total();
  const int64_t both = RunBusy({load, load}).total();
  EXPECT_GT(both, alone / 3) << alone << " alone, " << both << " together";
}

class Refusals : public ::testing::TestWithParam<std::pair<int, int>> {};

// An answer without a record waits for the records before it and for one end query. A command that
// comes while a query is in flight waits for that query and the next.
TEST_P(Refusals, TakeAtMostThreeRoundTripsWhenNobodyElseWrites) {
  const auto [latency, clients] = GetParam();
  const Load load{microseconds(latency), clients, microseconds(0), /*repeats=*/true};
  const Outcome outcome = RunBusy({load});
  EXPECT_GT(outcome.refused[0], 100);
  const auto round_trip = 2 * load.latency + kJitter + 2 * kTick;
  EXPECT_LE(outcome.longest_refusal[0], 3 * round_trip);
}

INSTANTIATE_TEST_SUITE_P(Ways, Refusals,
                         ::testing::Values(std::pair(300, 1), std::pair(300, 32),
                                           std::pair(2000, 1), std::pair(2000, 32),
                                           std::pair(5000, 8)));

}  // namespace
}  // namespace contacts::sim
