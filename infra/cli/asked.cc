#include "infra/cli/asked.h"

#include <chrono>
#include <utility>

#include "infra/base/log.h"
#include "infra/cli/ops_client.h"
#include "infra/node/erase_again.h"

namespace contacts::cli {

Result<OpsAnswer> AskedServer::Ask(const OpsRequest& request) {
  if (!is_proven_) {
    if (const auto proven = ProveServer(server_); !proven.ok()) return proven.error();
    is_proven_ = true;
  }
  return AskServer(server_, request);
}

Result<std::unique_ptr<Node>> OpenAndCatchUp(const Config& config, DiskAccess access,
                                             std::unique_ptr<DataDirectory> directory) {
  auto node = Node::Open(std::move(directory), config, access);
  if (!node.ok()) return node;
  if (const auto caught_up = (*node)->CatchUp(); !caught_up.ok()) return caught_up.error();
  if (access == DiskAccess::kReadOnly) return node;
  // The operator may be about to mend what is in the way. A server does not start like this.
  if (const auto erased = EraseAgain(**node); !erased.ok()) log::Warn(erased.error().message);
  return node;
}

// An operation that only reads works on a full disk. It needs the views to be there and not far
// behind the log; otherwise they are made first, as for the other operations.
Result<std::unique_ptr<Node>> OpenFor(Operation::Place place, const Config& config,
                                      std::unique_ptr<DataDirectory> directory) {
  if (place == Operation::Place::kReadOnly) {
    auto node = OpenAndCatchUp(config, DiskAccess::kReadOnly, std::move(directory));
    if (node.ok()) return node;
    auto again = DataDirectory::Open(config.data);
    if (!again.ok()) return again.error();
    directory = std::move(*again);
  }
  return OpenAndCatchUp(config, DiskAccess::kReadWrite, std::move(directory));
}

Result<OpsAnswer> AskedDirectory::Ask(const OpsRequest& request) {
  if (!node_) {
    auto directory = DataDirectory::Open(config_.data);
    if (!directory.ok()) return directory.error();
    auto node = OpenFor(place_, config_, std::move(*directory));
    if (!node.ok()) return node.error();
    node_ = std::move(*node);
  }
  return node_->operations.Run(request);
}

void AskedDirectory::LetGo() {
  if (!node_) return;
  node_->passwords.replaced().Finish();
  // Without it, an erasure would leave its keys until the next start.
  (void)node_->key_keeper.FinishErasing();
  node_->instance.Stop(std::chrono::seconds(10));
  node_.reset();
}

}  // namespace contacts::cli
