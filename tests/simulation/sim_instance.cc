#include "tests/simulation/sim_instance.h"

namespace contacts::sim {

SimInstance::SimInstance(SimLog& log, std::unique_ptr<ViewStore> store, World world,
                         WriterOptions options)
    : log_(log), store_(std::move(store)), world_(std::move(world)), options_(options) {
  world_.wall_clock = [this, log_clock = world_.wall_clock] {
    return Timestamp{log_clock().milliseconds + clock_ahead_ms};
  };
  Boot();
}

void SimInstance::Boot() {
  world_.random(reinterpret_cast<uint8_t*>(&world_.writer.value), sizeof world_.writer.value);
  submissions_.clear();
  loop_.reset();
  writer_.reset();
  wire_ = std::make_unique<SimPartition>(log_);
  projector_ = std::make_unique<Projector>(store_, 0, 1);
  projector_->Unpark();
  lookup_ = std::make_unique<ViewLookup>(store_);
  writer_ = std::make_unique<Writer>(*lookup_, options_, world_);
  loop_ = std::make_unique<PartitionLoop>(*wire_, *projector_, *writer_,
                                          [](const TenantId&, Sequence) {});
}

void SimInstance::Step(Instant now) { loop_->Step(submissions_, now); }

}  // namespace contacts::sim
