#include "infra/instance/instance.h"

#include <sys/random.h>

#include <algorithm>

#include "infra/instance/partition_thread.h"

namespace contacts {
namespace {

World RealWorld() {
  return World{
      [] {
        const auto now = std::chrono::system_clock::now().time_since_epoch();
        return Timestamp{std::chrono::duration_cast<std::chrono::milliseconds>(now).count()};
      },
      [](uint8_t* to, size_t size) {
        while (size > 0) {
          const ssize_t got = getrandom(to, size, 0);
          if (got <= 0) continue;
          to += got;
          size -= static_cast<size_t>(got);
        }
      }};
}

}  // namespace

class Instance::State {
 public:
  State(EventLog& log, ViewStore& views, Positions& positions, InstanceOptions options) {
    WriterOptions writer;
    writer.deadline = options.deadline;
    writer.max_record_bytes = log.max_value_bytes();
    for (int p = 0; p < log.partitions(); ++p) {
      threads_.push_back(std::make_unique<PartitionThread>(
          log, views, p, writer, RealWorld(),
          [&positions](const TenantId& tenant, Sequence sequence) {
            positions.Reached(tenant, sequence);
          }));
    }
  }

  std::vector<std::unique_ptr<PartitionThread>> threads_;
};

Instance::Instance(EventLog& log, ViewStore& views, Positions& positions, InstanceOptions options)
    : state_(std::make_unique<State>(log, views, positions, options)) {}

Instance::~Instance() { Stop(std::chrono::milliseconds(0)); }

void Instance::Submit(Command command, Reply reply) {
  const auto partitions = static_cast<int>(state_->threads_.size());
  const auto partition = static_cast<size_t>(PartitionOf(command.tenant, partitions));
  state_->threads_[partition]->Submit({std::move(command), std::move(reply)});
}

InstanceStatus Instance::status() const {
  InstanceStatus all;
  all.caught_up = true;
  for (const auto& thread : state_->threads_) {
    const PartitionStatus one = thread->status();
    all.caught_up = all.caught_up && one.caught_up;
    all.entries_left += one.entries_left;
    all.superseded += one.superseded;
    all.foreign += one.foreign;
    if (all.fault.empty()) all.fault = one.fault;
  }
  return all;
}

bool Instance::WaitCaughtUp(std::chrono::milliseconds time) {
  const auto until = std::chrono::steady_clock::now() + time;
  return std::all_of(state_->threads_.begin(), state_->threads_.end(),
                     [&](const auto& thread) { return thread->WaitCaughtUp(until); });
}

bool Instance::Stop(std::chrono::milliseconds time) {
  const auto until = std::chrono::steady_clock::now() + time;
  bool all_answered = true;
  for (const auto& thread : state_->threads_) thread->RefuseMore();
  for (const auto& thread : state_->threads_) all_answered = thread->Stop(until) && all_answered;
  return all_answered;
}

}  // namespace contacts
