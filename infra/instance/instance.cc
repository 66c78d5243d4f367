#include "infra/instance/instance.h"

#include <algorithm>

#include "infra/base/random.h"
#include "infra/base/system_clock.h"
#include "infra/instance/deadlines.h"
#include "infra/instance/partition_thread.h"

namespace contacts {
namespace {

World RealWorld(TrustedClock* clock) {
  World world{SystemTime, &FillRandom};
  if (clock != nullptr) {
    world.wall_clock = [clock] { return clock->Now(); };
    world.clock_fault = [clock](Timestamp continued) { return clock->Fault(continued); };
  }
  world.random(reinterpret_cast<uint8_t*>(&world.writer.value), sizeof world.writer.value);
  return world;
}

void Add(const TenantList& more, TenantList* all) {
  all->count += more.count;
  all->names.insert(all->names.end(), more.names.begin(), more.names.end());
  std::sort(all->names.begin(), all->names.end());
  if (all->names.size() > TenantList::kNamed) all->names.resize(TenantList::kNamed);
}

}  // namespace

class Instance::State {
 public:
  State(EventLog& log, ViewStore& views, seal::Keyring& keyring, Positions& positions,
        InstanceOptions options)
      : keyring_(keyring),
        make_tree_(std::move(options.make_tree)),
        deadlines_(options.deadline + options.grace) {
    WriterOptions writer;
    writer.deadline = options.deadline;
    writer.max_record_bytes = log.max_value_bytes();
    writer.partitions = log.partitions();
    for (int p = 0; p < log.partitions(); ++p) {
      writer.partition = p;
      threads_.push_back(std::make_unique<PartitionThread>(
          log, views, keyring, p, writer, RealWorld(options.clock),
          [&positions, applied = options.applied](const TenantId& tenant, Sequence sequence) {
            positions.Reached(tenant, sequence);
            if (applied) applied(tenant);
          },
          options.erased));
    }
  }

  PartitionThread& ThreadOf(const TenantId& tenant) const {
    const int partitions = static_cast<int>(threads_.size());
    return *threads_[static_cast<size_t>(PartitionOf(tenant, partitions))];
  }

  seal::Keyring& keyring_;
  const decltype(InstanceOptions::make_tree) make_tree_;
  Deadlines deadlines_;
  std::vector<std::unique_ptr<PartitionThread>> threads_;
};

Instance::Instance(EventLog& log, ViewStore& views, seal::Keyring& keyring, Positions& positions,
                   InstanceOptions options)
    : state_(std::make_shared<State>(log, views, keyring, positions, std::move(options))) {}

Instance::~Instance() { Stop(std::chrono::milliseconds(0)); }

int Instance::partitions() const { return static_cast<int>(state_->threads_.size()); }

PartitionThread& Instance::ThreadOf(const TenantId& tenant) const {
  return state_->ThreadOf(tenant);
}

void Instance::Submit(Command command, Reply reply) {
  reply = state_->deadlines_.Watch(command, std::move(reply));
  SubmittedCommand submission{std::move(command), std::move(reply)};
  const TenantId tenant = submission.command.tenant;
  if (state_->keyring_.HasTree(tenant) || !state_->make_tree_) {
    return ThreadOf(tenant).Submit(std::move(submission));
  }
  // std::function wants a callable that can be copied.
  const auto waiting = std::make_shared<SubmittedCommand>(std::move(submission));
  const std::weak_ptr<State> state = state_;
  state_->make_tree_(tenant, [waiting, state](const std::optional<Error>& error) {
    constexpr int kRetrySeconds = 5;
    const auto living = state.lock();
    if (error || living == nullptr) {
      const std::string why = error ? error->message : "this instance is stopping";
      return waiting->reply(NotTaken(waiting->command, why, kRetrySeconds));
    }
    living->ThreadOf(waiting->command.tenant).Submit(std::move(*waiting));
  });
}

void Instance::AskEnd(const TenantId& tenant, std::function<void()> applied) {
  ThreadOf(tenant).AskEnd(std::move(applied));
}

std::optional<Error> Instance::Unready(const TenantId& tenant) const {
  const PartitionThread& thread = ThreadOf(tenant);
  if (thread.caught_up()) return std::nullopt;
  const PartitionStatus status = thread.status();
  if (!status.fault.empty()) return Error{ErrorCode::kUnavailable, status.fault, {}, 30};
  return Error{ErrorCode::kUnavailable,
               "The first catch-up with the log is running: " +
                   std::to_string(status.entries_left) + " entries are left",
               {},
               1};
}

InstanceStatus Instance::status() const {
  InstanceStatus all;
  bool some_caught_up = false;
  all.caught_up = true;
  for (const auto& thread : state_->threads_) {
    const PartitionStatus one = thread->status();
    some_caught_up = some_caught_up || one.caught_up;
    all.caught_up = all.caught_up && (one.caught_up || !one.fault.empty());
    all.standing_still += !one.fault.empty();
    if (all.trouble.empty()) all.trouble = one.trouble;
    all.entries_left += one.entries_left;
    all.superseded += one.superseded;
    all.foreign += one.foreign;
    all.unanswered += one.unanswered;
    if (all.fault.empty()) all.fault = one.fault;
    Add(one.parked, &all.parked);
    Add(one.closed, &all.closed);
    all.partitions.push_back({one.caught_up, one.entries_left, one.fault});
  }
  all.caught_up = all.caught_up && some_caught_up;
  return all;
}

bool Instance::WaitCaughtUp(std::chrono::milliseconds time) {
  const auto until = std::chrono::steady_clock::now() + time;
  bool all = true;
  for (const auto& thread : state_->threads_) all = thread->WaitCaughtUp(until) && all;
  return all;
}

bool Instance::Stop(std::chrono::milliseconds time) {
  const auto until = std::chrono::steady_clock::now() + time;
  bool all_answered = true;
  for (const auto& thread : state_->threads_) thread->RefuseMore();
  for (const auto& thread : state_->threads_) all_answered = thread->Stop(until) && all_answered;
  return all_answered;
}

}  // namespace contacts
