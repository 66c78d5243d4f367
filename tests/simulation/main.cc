// simulate: runs seeds of the simulation up to the first that breaks a promise; prints its story.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cstdio>
#include <iostream>
#include <mutex>
#include <thread>

#include "events/values/invariant.h"
#include "tests/simulation/checks.h"
#include "tests/simulation/rocksdb_store.h"
#include "tests/support/memory_view_store.h"

namespace contacts::sim {
namespace {

struct Options {
  uint64_t seeds = 1000;
  uint64_t first = 0;
  int threads = 2;
  bool trace = false;
  bool expect_violation = false;
  std::string store = "map";
};

thread_local uint64_t seed_under_way = 0;

void TellSeed() {
  std::fprintf(stderr, "seed %llu\n", static_cast<unsigned long long>(seed_under_way));
}

void TellSeedAsExpected() {
  TellSeed();
  _exit(0);
}

class Campaign {
 public:
  explicit Campaign(const Options& options) : options_(options), next_(options.first) {
    store_ = options.store == "rocksdb"
                 ? StoreFactory(&OpenRocksDbInMemory)
                 : StoreFactory([] { return std::make_unique<MemoryViewStore>(); });
  }

  int Run() {
    std::vector<std::thread> threads;
    for (int i = 0; i < options_.threads; ++i) threads.emplace_back([this] { Work(); });
    for (std::thread& thread : threads) thread.join();
    if (failed_) {
      Tell();
      return options_.expect_violation ? 0 : 1;
    }
    std::cout << options_.seeds << " seeds from " << options_.first << " on: " << history_
              << " records of history in " << entries_ << " entries, no promise broken\n";
    return options_.expect_violation ? 1 : 0;
  }

 private:
  void Work() {
    for (uint64_t seed = next_++; seed < options_.first + options_.seeds; seed = next_++) {
      if (failed_) return;
      seed_under_way = seed;
      Simulation simulation(seed, store_, /*trace=*/false);
      simulation.Run();
      history_ += simulation.history();
      entries_ += simulation.entries();
      if (BrokenPromises(simulation, store_).empty()) continue;
      const std::lock_guard lock(mutex_);
      if (!failed_ || seed < worst_) worst_ = seed;
      failed_ = true;
    }
  }

  void Tell() {
    Simulation simulation(worst_, store_, /*trace=*/true);
    simulation.Run();
    if (!options_.expect_violation || options_.trace) std::cout << simulation.trace();
    std::cout << "seed " << worst_ << ":\n";
    for (const std::string& what : BrokenPromises(simulation, store_)) {
      std::cout << "  " << what << "\n";
    }
  }

  const Options options_;
  StoreFactory store_;
  std::atomic<uint64_t> next_;
  std::atomic<uint64_t> history_{0}, entries_{0};
  std::atomic<bool> failed_{false};
  std::mutex mutex_;
  uint64_t worst_ = 0;
};

}  // namespace
}  // namespace contacts::sim

int main(int argc, char** argv) {
  contacts::sim::Options options;
  CLI::App app{"Runs seeds of the writer's simulation."};
  app.add_option("--seeds", options.seeds, "how many seeds");
  app.add_option("--first", options.first, "the first seed");
  app.add_option("--threads", options.threads, "threads");
  app.add_option("--store", options.store, "where read models live")
      ->check(CLI::IsMember({"map", "rocksdb"}));
  app.add_flag("--trace", options.trace, "print each event, also of a violation that is expected");
  app.add_flag("--expect-violation", options.expect_violation, "fail if no promise is broken");
  CLI11_PARSE(app, argc, argv);
  contacts::before_abort =
      options.expect_violation ? &contacts::sim::TellSeedAsExpected : &contacts::sim::TellSeed;
  return contacts::sim::Campaign(options).Run();
}
