// One seed: some instances of the real writer, rule and projector on a faulty log, in virtual time.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/simulation/callers.h"
#include "tests/simulation/sim_instance.h"
#include "tests/simulation/sim_log.h"
#include "tests/simulation/sim_secrets.h"

namespace contacts::sim {

// The actor of records that a newer build writes; a token, so that they need no keys.
inline constexpr const char* kNewerBuild = "token:newer";

// Runs a seed. `violations` are the broken promises; `trace` has a line for each event.
class Simulation {
 public:
  Simulation(uint64_t seed, const StoreFactory& store, bool trace);
  ~Simulation();

  void Run();

  const std::vector<std::string>& violations() const { return violations_; }
  const std::string& trace() const { return trace_; }
  const SimLog& log() const { return log_; }
  SimSecrets& secrets() const { return secrets_; }
  std::vector<SimInstance*> instances() const;
  const Callers& callers() const { return callers_; }
  std::vector<const ViewReader*> views() const;
  size_t history() const;
  size_t entries() const { return log_.entries().size(); }

 private:
  struct Fault {
    const char* name;
    double weight;
    void (Simulation::*happen)(SimInstance&);
  };

  void Ask(SimInstance& instance);
  void RepeatOne(SimInstance& instance);
  void Again(SimInstance& instance);
  void Deliver(SimInstance& instance);
  void LoseAcknowledgement(SimInstance& instance);
  void Read(SimInstance& instance);
  void AnswerQuery(SimInstance& instance);
  void Gap(SimInstance& instance);
  void Duplicate(SimInstance& instance);
  void Zombie(SimInstance& instance);
  void Break(SimInstance& instance);
  void Refuse(SimInstance& instance);
  void Deny(SimInstance& instance);
  void NeverSend(SimInstance& instance);
  void Foreign(SimInstance& instance);
  void Newer(SimInstance& instance);
  std::vector<std::string> AccountsOf(const TenantId& tenant, ContactId contact);
  std::string NewersRecord(const TenantId& tenant, Event event);
  void MadeUpKeys(SimInstance& instance);
  void ReadSecrets(SimInstance& instance);
  void LateSecret(SimInstance& instance);
  void NodeBack(SimInstance& instance);
  void ClockJumps(SimInstance& instance);
  void MonthPasses(SimInstance& instance);
  void Wait(SimInstance& instance);
  void WaitLong(SimInstance& instance);
  void Crash(SimInstance& instance);

  void Submit(SimInstance& instance, const std::shared_ptr<Attempt>& attempt);
  void OnAnswer(SimInstance& instance, const std::shared_ptr<Attempt>& attempt, Answer answer);
  void CheckReads(SimInstance& instance);
  void CheckWait(SimInstance& instance);
  void Settle();
  void SettleKeys();
  bool Settled();
  size_t HistoryOf(const TenantId& tenant) const;
  bool Chance(double p) { return std::bernoulli_distribution(p)(random_); }
  size_t Pick(size_t below) { return std::uniform_int_distribution<size_t>(0, below - 1)(random_); }
  std::string Named(const std::string& bytes);
  void Say(const SimInstance* instance, const std::string& what);
  void Violation(const std::string& what);

  Random random_;
  const bool tracing_;
  const bool in_order_;
  const StoreFactory store_;
  SimLog log_;
  mutable SimSecrets secrets_;
  Callers callers_;
  Instant now_{std::chrono::hours(1)};
  std::vector<std::unique_ptr<SimInstance>> instances_;
  std::vector<std::pair<std::shared_ptr<Attempt>, std::string>> to_repeat_;  // with their keys
  std::vector<std::string> violations_;
  std::string trace_;
};

}  // namespace contacts::sim
