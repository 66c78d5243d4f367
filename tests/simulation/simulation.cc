#include "tests/simulation/simulation.h"

#include <algorithm>
#include <array>

#include "events/opening.h"
#include "events/rows/row_archive.h"
#include "projections/store/keys.h"
#include "projections/store/rows.h"

namespace contacts::sim {
namespace {

std::string Short(const Answer& answer) {
  if (!answer.error) return "done at " + std::to_string(answer.position.value);
  return "error " + std::to_string(static_cast<int>(answer.error->code)) + " " +
         answer.error->message + (answer.error->key.empty() ? "" : " key " + answer.error->key);
}

}  // namespace

// --- the world ---

Simulation::Simulation(uint64_t seed, const StoreFactory& store, bool trace)
    : random_(seed * 0x9E3779B97F4A7C15ull + 1),
      tracing_(trace),
      in_order_(Chance(0.5)),
      store_(store),
      log_(random_),
      secrets_(random_),
      callers_(log_) {
  const World world{[this] { return Timestamp{log_.clock_ms}; },
                    [this](uint8_t* to, size_t size) {
                      for (size_t i = 0; i < size; ++i) to[i] = static_cast<uint8_t>(random_());
                    }};
  WriterOptions options;
  options.max_commands = Chance(0.1) ? 3 : 1000;
  log_.Land(std::string(kOpeningKey), EncodeOpening({"simulated", 0, 1, kLogFormat}, "1", {0}));
  const std::array<double, 4> failing{0, .02, .02, .2};
  secrets_.failing = failing[Pick(failing.size())];
  const std::array<int, 6> counts{1, 2, 2, 3, 4, 5};
  const int count = counts[Pick(counts.size())];
  for (int i = 0; i < count; ++i) {
    instances_.push_back(std::make_unique<SimInstance>(log_, store(), world, options, &secrets_));
    if (Chance(0.8)) instances_.back()->wire().AnswerQuery();
    instances_.back()->wire().Reveal(1);
  }
}

// Attempts that are still open get no answer any more.
Simulation::~Simulation() {
  for (const auto& instance : instances_) {
    for (const auto& attempt : instance->open) attempt->lost = true;
  }
}

void Simulation::Say(const SimInstance* instance, const std::string& what) {
  if (!tracing_) return;
  std::string who = "   ";
  for (size_t i = 0; i < instances_.size(); ++i) {
    if (instances_[i].get() == instance) who = "#" + std::to_string(i) + " ";
  }
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now_.time_since_epoch());
  trace_ += std::to_string(ms.count()) + " " + who + what + "\n";
}

void Simulation::Violation(const std::string& what) {
  violations_.push_back(what);
  Say(nullptr, "VIOLATION " + what);
}

size_t Simulation::HistoryOf(const TenantId& tenant) const {
  const auto it = log_.truth().history.find(tenant);
  return it == log_.truth().history.end() ? 0 : it->second.size();
}

size_t Simulation::history() const {
  size_t count = 0;
  for (const auto& [tenant, records] : log_.truth().history) count += records.size();
  return count;
}

std::vector<const ViewReader*> Simulation::views() const {
  std::vector<const ViewReader*> all;
  for (const auto& instance : instances_) all.push_back(&instance->store());
  return all;
}

std::vector<SimInstance*> Simulation::instances() const {
  std::vector<SimInstance*> all;
  for (const auto& instance : instances_) all.push_back(instance.get());
  return all;
}

void Simulation::Run() {
  using S = Simulation;
  std::vector<Fault> faults{{"ask", 3, &S::Ask},
                            {"repeat", 1, &S::RepeatOne},
                            {"again", .3, &S::Again},
                            {"deliver", 6, &S::Deliver},
                            {"unacked", .4, &S::LoseAcknowledgement},
                            {"read", 8, &S::Read},
                            {"end", 3, &S::AnswerQuery},
                            {"gap", .25, &S::Gap},
                            {"copy", .15, &S::Duplicate},
                            {"zombie", 1, &S::Zombie},
                            {"break", .3, &S::Break},
                            {"refuse", .08, &S::Refuse},
                            {"oversize", .08, &S::NeverSend},
                            {"deny", .05, &S::Deny},
                            {"foreign", .1, &S::Foreign},
                            {"newer", .01, &S::Newer},
                            {"made up", .05, &S::MadeUpKeys},
                            {"secrets", 2, &S::ReadSecrets},
                            {"late key", .5, &S::LateSecret},
                            {"node back", .05, &S::NodeBack},
                            {"clock", .1, &S::ClockJumps},
                            {"month", .03, &S::MonthPasses},
                            {"wait", 2, &S::Wait},
                            {"long", .25, &S::WaitLong},
                            {"crash", .2, &S::Crash}};
  const std::array<double, 4> swarm{.2, 1, 1, 3};
  std::vector<double> weights;
  for (const Fault& fault : faults) weights.push_back(fault.weight * swarm[Pick(swarm.size())]);
  std::discrete_distribution<size_t> next(weights.begin(), weights.end());
  const std::array<int, 3> lengths{80, 200, 400};
  const int steps = lengths[Pick(lengths.size())];
  for (int i = 0; i < steps; ++i) {
    SimInstance& instance = *instances_[Pick(instances_.size())];
    now_ += std::chrono::microseconds(Pick(500));
    (this->*faults[next(random_)].happen)(instance);
    instance.Step(now_);
    CheckReads(instance);
    CheckWait(instance);
  }
  Settle();
}

// After an answer at a position, every later read on that instance shows it, also after a restart,
// because the instance serves no reads before it has caught up.
void Simulation::CheckReads(SimInstance& instance) {
  if (!instance.loop().caught_up()) return;
  for (const auto& [tenant, position] : instance.answered) {
    if (instance.lookup().Tenant(tenant).applied < position) {
      Violation(tenant.value + " is served without position " + std::to_string(position.value) +
                ", which was answered there");
    }
  }
}

// Nobody waits for the keys of a record that is not history: else anybody with the right to write
// to the log could make every reader wait.
void Simulation::CheckWait(SimInstance& instance) {
  if (!instance.loop().waits_for_keys()) return;
  CheckpointRow checkpoint;
  const auto bytes = instance.store().Get(View::kCheckpoints, keys::Partition(0));
  if (bytes) (void)FromRow(*bytes, &checkpoint);
  if (!log_.truth().is_history.at(static_cast<size_t>(checkpoint.next.value))) {
    Violation("an instance waits for the keys of entry " + std::to_string(checkpoint.next.value) +
              ", which is not history");
  }
}

// --- what callers do ---

void Simulation::Submit(SimInstance& instance, const std::shared_ptr<Attempt>& attempt) {
  attempt->history_before = HistoryOf(attempt->command.tenant);
  instance.open.push_back(attempt);
  Say(&instance, "asked: command " + std::to_string(attempt->uid) + " " +
                     attempt->command.tenant.value + " key " + attempt->command.key.value_or("-"));
  instance.Submit({attempt->command, [this, &instance, attempt](Answer answer) {
                     OnAnswer(instance, attempt, std::move(answer));
                   }});
}

void Simulation::OnAnswer(SimInstance& instance, const std::shared_ptr<Attempt>& attempt,
                          Answer answer) {
  if (attempt->lost) return;  // the connection died
  Say(&instance, "answers command " + std::to_string(attempt->uid) + ": " + Short(answer));
  ++attempt->answers;
  attempt->history_after = HistoryOf(attempt->command.tenant);
  std::erase(instance.open, attempt);
  if (answer.error && answer.error->code == ErrorCode::kUnknownOutcome) {
    to_repeat_.emplace_back(attempt, answer.error->key);
    if (answer.error->key.empty()) {
      Violation("command " + std::to_string(attempt->uid) + " was left without an answer");
    }
  }
  // A write that was answered is visible to every read on the instance that answered it.
  const TenantRow row = instance.lookup().Tenant(attempt->command.tenant);
  if (answer.position > row.applied) {
    Violation("command " + std::to_string(attempt->uid) + " was answered at position " +
              std::to_string(answer.position.value) + " before it was applied");
  }
  Sequence& newest = instance.answered[attempt->command.tenant];
  newest = std::max(newest, answer.position);
  attempt->answer = std::move(answer);
}

void Simulation::Ask(SimInstance& instance) { Submit(instance, callers_.Ask()); }

void Simulation::RepeatOne(SimInstance& instance) {
  if (to_repeat_.empty()) return;
  const size_t index = Pick(to_repeat_.size());
  const auto [earlier, key] = to_repeat_[index];
  to_repeat_.erase(to_repeat_.begin() + static_cast<std::ptrdiff_t>(index));
  Submit(instance, callers_.Repeat(*earlier, key));
}

// A caller sends the same request twice, whatever happened to the first.
void Simulation::Again(SimInstance& instance) {
  const auto& attempts = callers_.attempts();
  if (attempts.empty()) return;
  const std::shared_ptr<Attempt> earlier = attempts[Pick(attempts.size())];
  if (earlier->command.key) Submit(instance, callers_.Repeat(*earlier, *earlier->command.key));
}

// --- no more faults: everything must settle ---

bool Simulation::Settled() {
  return to_repeat_.empty() && std::all_of(instances_.begin(), instances_.end(), [](const auto& i) {
           return i->open.empty() && i->writer().unanswered() == 0 && i->wire().in_hand() == 0 &&
                  !i->wire().behind();
         });
}

void Simulation::Settle() {
  std::erase_if(log_.zombies, [&](const auto&) { return Chance(0.5); });
  secrets_.failing = 0;
  while (!secrets_.late.empty()) secrets_.LandOneLate();
  for (int round = 0; round < 400 && !(Settled() && log_.zombies.empty()); ++round) {
    Zombie(*instances_[0]);
    for (const auto& instance : instances_) {
      while (instance->wire().in_hand() > 0) Deliver(*instance);
      instance->wire().Reveal(100);
      instance->wire().AnswerQuery();
      instance->Step(now_);
    }
    RepeatOne(*instances_[Pick(instances_.size())]);
    now_ +=
        std::chrono::milliseconds(round < 100 ? 20 : 500);  // past the longest pause of a writer
  }
  if (!Settled()) Violation("stuck: commands are still open long after the last fault");
  SettleKeys();
  secrets_.BringBack();  // also once nobody looks any more
  SettleKeys();
  for (const auto& instance : instances_) {
    instance->wire().Reveal(log_.entries().size());
    instance->Step(now_);
    if (!instance->loop().fault().empty()) Violation("halted: " + instance->loop().fault());
  }
}

// Nothing that history erased keeps a key, and this comes to an end: each instance writes little
// more than it takes to erase each leaf once in each tree.
void Simulation::SettleKeys() {
  constexpr int kRounds = 1000;
  const size_t before = secrets_.changes().size();
  const auto idle = [](const auto& instance) { return instance->keys().IsIdle(); };
  for (int round = 0; !std::all_of(instances_.begin(), instances_.end(), idle); ++round) {
    if (round == kRounds) return Violation("the keys do not settle");
    Instant next = Instant::max();
    for (const auto& instance : instances_) next = std::min(next, instance->keys().next());
    now_ = std::max(now_, next);
    for (const auto& instance : instances_) {
      instance->keys().ReadSome(Pick(100));
      instance->Step(now_);
    }
  }
  size_t most = 0;
  for (const auto& instance : instances_) most += instance->keys().MostWrites();
  if (secrets_.changes().size() - before > most) Violation("the keys take too many writes");
}

}  // namespace contacts::sim
