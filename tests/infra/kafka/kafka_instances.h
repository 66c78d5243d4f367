// Several instances, each with its own log client and read models, on one topic of two partitions.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>

#include "infra/instance/instance.h"
#include "infra/kafka/kafka_log.h"
#include "projections/position_waits.h"
#include "projections/store/describe.h"
#include "tests/support/acme.h"
#include "tests/support/kafka/broker.h"
#include "tests/support/keyed_options.h"
#include "tests/support/memory_view_store.h"
#include "tests/support/signal.h"

namespace contacts::testing {

inline std::unique_ptr<KafkaLog> OpenedLog(KafkaLogOptions options) {
  auto log = KafkaLog::Open(std::move(options));
  if (!log.ok()) throw std::runtime_error(log.error().message);
  return std::move(*log);
}

struct OneInstance {
  enum class Start { kWhole, kWithAFault };

  explicit OneInstance(const std::string& topic) : OneInstance(topic, own_views) {}
  // Runs on read models that exist already.
  OneInstance(const std::string& topic, MemoryViewStore& given, Start start = Start::kWhole)
      : log(OpenedLog(Broker::Shared().OptionsOf(topic, 2))),
        views(given),
        positions(views),
        instance(*log, views, TestKeys(), positions, KeyedOptions()) {
    const bool whole = instance.WaitCaughtUp(std::chrono::seconds(30));
    if (whole != (start == Start::kWhole))
      throw std::runtime_error("it did not start as the test expects");
  }
  Hash DigestNow() { return Digest(*views.Snapshot()); }

  MemoryViewStore own_views;
  std::unique_ptr<KafkaLog> log;
  MemoryViewStore& views;
  PositionWaits positions;
  Instance instance;
};

inline Command Create(const std::string& email) {
  CreateContact create;
  create.fields.full_name = "Jo Doe";
  create.fields.email = email;
  create.fields.type = ContactType::kExternal;
  return Command{.tenant = kAcme, .actor = "1", .actor_name = "jane", .intent = create};
}

// Counts the answers to the commands that were submitted, by e-mail.
class Answers {
 public:
  void Submit(OneInstance& to, const std::string& email) {
    {
      const std::lock_guard lock(mutex_);
      ++open_;
    }
    to.instance.Submit(Create(email), [this, email](Answer answer) {
      const std::lock_guard lock(mutex_);
      if (!answer.error) {
        ++done[email];
        newest = std::max(newest, answer.position);
      } else if (answer.error->code == ErrorCode::kEmailTaken) {
        ++conflicts;
      } else {
        ++others;
        last_error = answer.error->message;
      }
      --open_;
      changed_.notify_all();
    });
  }
  bool WaitForAll() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::seconds(60), [this] { return open_ == 0; });
  }

  std::map<std::string, int> done;
  int conflicts = 0;
  int others = 0;
  std::string last_error;
  Sequence newest;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int open_ = 0;
};

inline bool WaitForPosition(OneInstance& one, Sequence position) {
  Signal reached;
  bool ok = false;
  one.positions.WaitFor(kAcme, {position},
                        std::chrono::steady_clock::now() + std::chrono::seconds(30),
                        [&](Positions::Outcome outcome) {
                          ok = outcome == Positions::Outcome::kReached;
                          reached.Raise();
                        });
  return reached.Wait(std::chrono::seconds(60)) && ok;
}

// A tenant that lies in this partition.
inline TenantId TenantIn(int partition) {
  for (int i = 0;; ++i) {
    const TenantId tenant{"tenant" + std::to_string(i)};
    if (PartitionOf(tenant, 2) == partition) return tenant;
  }
}

inline Answer Do(OneInstance& to, Command command) {
  Signal answered;
  Answer answer;
  to.instance.Submit(std::move(command), [&](Answer given) {
    answer = std::move(given);
    answered.Raise();
  });
  if (!answered.Wait(std::chrono::seconds(60))) throw std::runtime_error("no answer");
  return answer;
}

inline Answer CreateIn(OneInstance& to, const TenantId& tenant, const std::string& email) {
  Command command = Create(email);
  command.tenant = tenant;
  return Do(to, std::move(command));
}

// The status shows what an answer counted once the round that gave the answer has ended; the next
// command of the same partition is taken in a later round.
inline InstanceStatus StatusAfterAnotherRound(OneInstance& one, const TenantId& tenant) {
  CreateIn(one, tenant, "not an e-mail");
  return one.instance.status();
}

}  // namespace contacts::testing
