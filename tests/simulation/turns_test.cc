// Several saturated writers on one tenant, in virtual time: each gets its share, and nobody
// starves.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>

#include "events/opening.h"
#include "projections/memory_view_store.h"
#include "tests/simulation/simulation.h"

namespace contacts::sim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr microseconds kTick{200};

// An instance whose clients each ask again as soon as they are answered.
class Saturated {
 public:
  Saturated(SimLog& log, const World& world, int clients, microseconds latency)
      : instance_(log, std::make_unique<MemoryViewStore>(), world, WriterOptions{}),
        log_(log),
        clients_(clients),
        latency_(latency) {}

  void Tick(Instant now, const std::vector<Instant>& landed, Random& random) {
    now_ = now;
    while (due_.size() < instance_.wire().in_hand()) {
      due_.push_back(now + latency_ + microseconds(random() % 300));
    }
    while (!due_.empty() && due_.front() <= now) {
      instance_.wire().Deliver(0, /*acknowledged=*/true);
      due_.pop_front();
    }
    size_t readable = 0;
    while (seen_ + readable < landed.size() && landed[seen_ + readable] + latency_ <= now) {
      ++readable;
    }
    seen_ += readable;
    instance_.wire().Reveal(readable);
    instance_.wire().AnswerQuery();
    for (; instance_.loop().caught_up() && asking_ < clients_; ++asking_) Ask();
    instance_.Step(now);
  }

  int64_t done() const { return done_; }
  milliseconds longest_wait() const {
    return std::chrono::duration_cast<milliseconds>(longest_wait_);
  }

 private:
  void Ask() {
    Command command;
    command.tenant.value = "acme";
    command.actor = "1";
    CreateContact create;
    create.fields.full_name = "N";
    create.fields.email = "e" + std::to_string(log_.clock_ms) + "-" + std::to_string(asked_++) +
                          "-" + std::to_string(reinterpret_cast<uintptr_t>(this)) + "@x.y";
    command.intent = create;
    instance_.Submit({command, [this, asked = now_](const Answer& answer) {
                        --asking_;
                        done_ += !answer.error;
                        longest_wait_ = std::max(longest_wait_, now_ - asked);
                      }});
  }

  SimInstance instance_;
  SimLog& log_;
  const int clients_;
  const microseconds latency_;
  Instant now_;
  std::deque<Instant> due_;
  size_t seen_ = 0;
  int asking_ = 0;
  int64_t asked_ = 0, done_ = 0;
  Instant::duration longest_wait_{};
};

struct Outcome {
  std::vector<int64_t> done;
  milliseconds longest_wait{0};
  int64_t total() const {
    int64_t sum = 0;
    for (const int64_t one : done) sum += one;
    return sum;
  }
};

// `latencies`: one way to the log and back of each writer.
Outcome RunSaturated(const std::vector<microseconds>& latencies, int clients, seconds time) {
  Random random(7);
  SimLog log(random);
  const World world{[&] { return Timestamp{log.clock_ms}; },
                    [&](uint8_t* to, size_t size) {
                      std::generate_n(to, size, [&] { return static_cast<uint8_t>(random()); });
                    }};
  log.Land(std::string(kOpeningKey), EncodeOpening({"turns", 0, 1, kLogFormat}, "1", {0}));
  std::vector<std::unique_ptr<Saturated>> writers;
  for (const microseconds latency : latencies) {
    writers.push_back(std::make_unique<Saturated>(log, world, clients, latency));
  }
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
    outcome.done.push_back(writer->done());
    outcome.longest_wait = std::max(outcome.longest_wait, writer->longest_wait());
  }
  return outcome;
}

struct Case {
  std::vector<microseconds> latencies;
  int clients;
};

class Turns : public testing::TestWithParam<Case> {};

TEST_P(Turns, EachSaturatedWriterGetsItsShareAndNobodyStarves) {
  const Outcome outcome = RunSaturated(GetParam().latencies, GetParam().clients, seconds(2));
  const double equal =
      static_cast<double>(outcome.total()) / static_cast<double>(outcome.done.size());
  for (const int64_t done : outcome.done) {
    EXPECT_GE(static_cast<double>(done), equal / 2) << testing::PrintToString(outcome.done);
  }
  EXPECT_LE(outcome.longest_wait, seconds(1));
  RecordProperty("records_per_second", static_cast<int>(outcome.total() / 2));
}

// Equal and unequal ways to the log, few and many clients.
INSTANTIATE_TEST_SUITE_P(
    Writers, Turns,
    testing::Values(Case{{microseconds(800), microseconds(800)}, 8},
                    Case{{microseconds(500), microseconds(2000)}, 8},
                    Case{{microseconds(800), microseconds(1000)}, 20},
                    Case{{microseconds(800), microseconds(800), microseconds(800)}, 8},
                    Case{{microseconds(500), microseconds(1000), microseconds(2500)}, 8},
                    Case{{microseconds(800), microseconds(800), microseconds(800),
                          microseconds(800), microseconds(800)},
                         8},
                    Case{{microseconds(500), microseconds(800), microseconds(1000),
                          microseconds(1500), microseconds(3000)},
                         8}));

TEST(TurnsCost, TwoWritersKeepMoreThanAThirdOfWhatOneAlonePutsThrough) {
  const int64_t alone = RunSaturated({microseconds(800)}, 16, seconds(1)).total();
  const int64_t both = RunSaturated({microseconds(800), microseconds(800)}, 16, seconds(1)).total();
  EXPECT_GT(both, alone / 3) << alone << " alone, " << both << " together";
}

}  // namespace
}  // namespace contacts::sim
