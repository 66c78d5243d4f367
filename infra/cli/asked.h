// The two places that answer the operations of a command line: the server of a directory, or the
// directory itself when no server serves it.
#pragma once

#include <memory>

#include "events/values/result.h"
#include "infra/node/config.h"
#include "infra/node/data_directory.h"
#include "infra/node/node.h"
#include "infra/ops/operation.h"
#include "infra/ops/operations.h"

namespace contacts::cli {

// Runs an operation. A person may take any time to answer a question, so nothing is held
// meanwhile: LetGo is called before each.
class Asked {
 public:
  virtual ~Asked() = default;
  virtual Result<OpsAnswer> Ask(const OpsRequest& request) = 0;
  virtual void LetGo() = 0;
};

class AskedServer : public Asked {
 public:
  // `server` must outlive it. It proves itself before the first operation, and again after LetGo.
  explicit AskedServer(const OpsAddress& server) : server_(server) {}
  Result<OpsAnswer> Ask(const OpsRequest& request) override;
  void LetGo() override { is_proven_ = false; }  // it may end meanwhile

 private:
  const OpsAddress& server_;
  bool is_proven_ = false;
};

// The instance of a directory, caught up with its log. An operation that only reads works on a full
// disk.
Result<std::unique_ptr<Node>> OpenAndCatchUp(const Config& config, DiskAccess access,
                                             std::unique_ptr<DataDirectory> directory);
Result<std::unique_ptr<Node>> OpenFor(Operation::Place place, const Config& config,
                                      std::unique_ptr<DataDirectory> directory);

class AskedDirectory : public Asked {
 public:
  // `config` must outlive it. `node` is open; after LetGo, the next operation opens another.
  AskedDirectory(const Config& config, Operation::Place place, std::unique_ptr<Node> node)
      : config_(config), place_(place), node_(std::move(node)) {}
  ~AskedDirectory() override { LetGo(); }
  Result<OpsAnswer> Ask(const OpsRequest& request) override;
  void LetGo() override;

 private:
  const Config& config_;
  const Operation::Place place_;
  std::unique_ptr<Node> node_;
};

}  // namespace contacts::cli
