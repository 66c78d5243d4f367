#include "tests/simulation/sim_instance.h"

#include "tests/support/keys.h"

namespace contacts::sim {

SimInstance::SimInstance(SimLog& log, std::unique_ptr<ViewStore> store, World world,
                         WriterOptions options, SimSecrets* secrets)
    : log_(log),
      store_(std::move(store)),
      world_(std::move(world)),
      options_(options),
      secrets_(secrets) {
  world_.wall_clock = [this, log_clock = world_.wall_clock] {
    return Timestamp{log_clock().milliseconds + clock_ahead_ms};
  };
  Boot();
}

seal::Keyring& SimInstance::keyring() { return keys_ ? keys_->keyring() : TestKeys(); }

void SimInstance::Boot(Instant now) {
  world_.random(reinterpret_cast<uint8_t*>(&world_.writer.value), sizeof world_.writer.value);
  submissions_.clear();
  without_tree_.clear();
  loop_.reset();
  writer_.reset();
  projector_.reset();
  if (secrets_ != nullptr) {
    keys_ = std::make_unique<SimKeys>(*secrets_, now);
    keys_->NoteErasedBefore(store_);
  }
  wire_ = std::make_unique<SimPartition>(log_);
  projector_ = std::make_unique<Projector>(store_, keyring(), 0, 1);
  projector_->Unpark();
  lookup_ = std::make_unique<ViewLookup>(store_);
  writer_ = std::make_unique<Writer>(*lookup_, keyring(), options_, world_);
  loop_ = std::make_unique<PartitionLoop>(
      *wire_, *projector_, *writer_, [](const TenantId&, Sequence) {},
      [this](const Erasure& erasure, bool ours) {
        if (keys_) keys_->Erased(erasure, ours, store_);
      });
}

void SimInstance::Submit(SubmittedCommand submission) {
  const TenantId& tenant = submission.command.tenant;
  if (!keys_) TestTree(tenant);
  const bool has_tree = !keys_ || keys_->HasTree(tenant);
  (has_tree ? submissions_ : without_tree_).push_back(std::move(submission));
}

void SimInstance::MakeTrees() {
  for (SubmittedCommand& submission : std::exchange(without_tree_, {})) {
    const bool made = keys_->MakeTree(submission.command.tenant);
    (made ? submissions_ : without_tree_).push_back(std::move(submission));
  }
}

void SimInstance::Step(Instant now) {
  if (keys_) {
    keys_->Step(now);
    MakeTrees();
  }
  loop_->Step(submissions_, now);
}

}  // namespace contacts::sim
