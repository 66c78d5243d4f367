#include "infra/cli/run_operation.h"

#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "events/values/unicode.h"
#include "events/values/utf8.h"
#include "infra/cli/ops_client.h"
#include "infra/cli/password.h"
#include "infra/node/data_directory.h"
#include "infra/node/node.h"
#include "infra/node/own_files.h"
#include "infra/ops/operation.h"

namespace contacts::cli {
namespace {

int Fail(const std::string& message) {
  std::cerr << "contacts: " << unicode::ShowInvisible(MendUtf8(message)) << "\n";
  return 1;
}

using Asked = std::function<Result<OpsAnswer>(const OpsRequest&)>;

// Page after page. A name that somebody typed must not drive the terminal of whoever reads it; what
// goes into a file or a pipe are the very bytes.
int Print(OpsRequest request, const Asked& ask) {
  const bool to_people = isatty(STDOUT_FILENO) != 0;
  do {
    const Result<OpsAnswer> answer = ask(request);
    if (!answer.ok()) return Fail(answer.error().message);
    std::cout << (to_people ? unicode::EscapeSteering(answer->text) : answer->text) << std::flush;
    if (!std::cout) return Fail("stdout cannot be written.");
    request.from = answer->next;
  } while (*request.from > 0);
  return 0;
}

int RunOnServer(const CommandLine& line) {
  const std::string& data = line.config.data;
  if (line.request.operation == "rebuild") {
    return Fail("A server is running on " + data +
                "; stop it first: a rebuild throws its views away.");
  }
  const auto server = ReadOpsAddress(data);
  if (!server) {
    return Fail("Another contacts process" + HolderOf(data) + " is using " + data +
                "; try again when it is done.");
  }
  if (const auto proven = ProveServer(*server); !proven.ok()) return Fail(proven.error().message);
  return Print(line.request,
               [&](const OpsRequest& request) { return AskServer(*server, request); });
}

Result<std::unique_ptr<Node>> OpenAndCatchUp(const Config& config, DiskAccess access,
                                             std::unique_ptr<DataDirectory> directory) {
  auto node = Node::Open(std::move(directory), config, access);
  if (!node.ok()) return node;
  if (const auto caught_up = (*node)->CatchUp(); !caught_up.ok()) return caught_up.error();
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

int RunOnDirectory(CommandLine line, Operation::Place place,
                   std::unique_ptr<DataDirectory> directory) {
  if (line.request.operation == "rebuild") {
    std::error_code fault;
    std::filesystem::remove_all(directory->PathOf("views"), fault);
    if (fault) return Fail("The views cannot be removed: " + fault.message());
    line.request.operation = "status";
    line.request.digest = true;
  }
  const auto node = OpenFor(place, line.config, std::move(directory));
  if (!node.ok()) return Fail(node.error().message);
  const int code = Print(
      line.request, [&](const OpsRequest& request) { return (*node)->operations.Run(request); });
  (*node)->passwords.replaced().Finish();
  (*node)->instance.Stop(std::chrono::seconds(10));
  return code;
}

}  // namespace

int RunOperation(CommandLine line) {
  const Operation* operation = FindOperation(line.request.operation);
  if (operation->place != Operation::Place::kNewDirectory &&
      !std::filesystem::exists(line.config.data)) {
    return Fail("There is no directory " + line.config.data + "; name it with --data.");
  }
  if (line.wants_password) {
    auto password = ReadPassword();
    if (!password.ok()) return Fail(password.error().message);
    line.request.password = std::move(*password);
  }
  if (const auto owner = WorkAsOwnerOf(line.config.data); !owner.ok()) {
    return Fail(owner.error().message);
  }
  auto directory = DataDirectory::Open(line.config.data);
  if (directory.ok() && operation->place == Operation::Place::kServer) {
    std::cerr << "contacts: No server is running on " << line.config.data
              << ", and none of this is kept without one: there is nothing to do.\n";
    return 0;
  }
  if (directory.ok()) {
    return RunOnDirectory(std::move(line), operation->place, std::move(*directory));
  }
  if (directory.error().code == ErrorCode::kConflict) return RunOnServer(line);
  return Fail(directory.error().message);
}

}  // namespace contacts::cli
