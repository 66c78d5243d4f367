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
  State(EventLog& log, ViewStore& views, Positions& positions, InstanceOptions options)
      : deadlines_(options.deadline + options.grace) {
    WriterOptions writer;
    writer.deadline = options.deadline;
    writer.max_record_bytes = log.max_value_bytes();
    writer.partitions = log.partitions();
    for (int p = 0; p < log.partitions(); ++p) {
      writer.partition = p;
      threads_.push_back(std::make_unique<PartitionThread>(
          log, views, p, writer, RealWorld(options.clock),
          [&positions](const TenantId& tenant, Sequence sequence) {
            positions.Reached(tenant, sequence);
          }));
    }
  }

  Deadlines deadlines_;
  std::vector<std::unique_ptr<PartitionThread>> threads_;
};

Instance::Instance(EventLog& log, ViewStore& views, Positions& positions, InstanceOptions options)
    : state_(std::make_unique<State>(log, views, positions, options)) {}

Instance::~Instance() { Stop(std::chrono::milliseconds(0)); }

int Instance::partitions() const { return static_cast<int>(state_->threads_.size()); }

PartitionThread& Instance::ThreadOf(const TenantId& tenant) const {
  return *state_->threads_[static_cast<size_t>(PartitionOf(tenant, partitions()))];
}

void Instance::Submit(Command command, Reply reply) {
  PartitionThread& thread = ThreadOf(command.tenant);
  reply = state_->deadlines_.Watch(command, std::move(reply));
  thread.Submit({std::move(command), std::move(reply)});
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
