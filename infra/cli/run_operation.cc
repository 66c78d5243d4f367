#include "infra/cli/run_operation.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "events/json/json_archive.h"
#include "events/values/unicode.h"
#include "events/values/utf8.h"
#include "infra/cli/asked.h"
#include "infra/cli/for_people.h"
#include "infra/cli/ops_client.h"
#include "infra/cli/password.h"
#include "infra/cli/run_restore.h"
#include "infra/cli/status_page.h"
#include "infra/cli/wait_for_cleaning.h"
#include "infra/node/data_directory.h"
#include "infra/node/node.h"
#include "infra/node/own_files.h"
#include "infra/ops/known.h"
#include "infra/ops/operation.h"
#include "infra/ops/submit.h"

namespace contacts::cli {
namespace {

constexpr std::chrono::milliseconds kQuickAnswer{1500};

// `status` for people. It says what is wrong within five seconds, even when the server hangs.
bool WantsPage(const CommandLine& line) { return line.request.operation == "status" && !line.json; }

// Exit code 0: the page answers the question also when the state cannot be read.
int PrintPageWithoutState(const std::string& data, const std::string& why) {
  std::cout << StatusPageWithoutState(AbsolutePath(data), why, PageForStdout()) << std::flush;
  return std::cout ? 0 : Fail("stdout cannot be written.");
}

int PrintPage(const Result<OpsAnswer>& answer, const std::string& data) {
  if (!answer.ok()) return PrintPageWithoutState(data, answer.error().message);
  std::cout << StatusPage(answer->text, PageForStdout()) << std::flush;
  return std::cout ? 0 : Fail("stdout cannot be written.");
}

// Asks a server that runs. Operations wait for each other; /health/ready waits for none of them.
int PrintPageOf(const OpsAddress& server, const CommandLine& line) {
  const std::string& data = line.config.data;
  if (const auto proven = ProveServer(server, kQuickAnswer); !proven.ok()) {
    return PrintPageWithoutState(data, proven.error().message + HolderOf(data));
  }
  const bool is_long = line.request.digest.value_or(false);
  const auto answer = AskServer(server, line.request, is_long ? kLongAnswer : kQuickAnswer);
  if (answer.ok()) return PrintPage(answer, data);
  const auto readiness = AskReadiness(server, kQuickAnswer);
  if (!readiness.ok()) return PrintPageWithoutState(data, readiness.error().message);
  std::cout << StatusPageOfReadiness(*readiness, AbsolutePath(data), server.address,
                                     PageForStdout())
            << std::flush;
  return std::cout ? 0 : Fail("stdout cannot be written.");
}

bool NeedsCreate(const Error& error) {
  return std::any_of(error.fields.begin(), error.fields.end(),
                     [](const FieldFault& fault) { return fault.path == ops::kCreate; });
}

// Asks, and asks again with what the person at the terminal adds: that a tenant or a role is made,
// and then the password, so that it is not typed for an operation that is refused.
Result<OpsAnswer> AskWithPerson(OpsRequest* request, Asked& asked) {
  auto answer = asked.Ask(*request);
  if (!answer.ok() && !request->create && NeedsCreate(answer.error())) {
    const std::string message = unicode::ShowInvisible(MendUtf8(answer.error().message));
    asked.LetGo();
    if (!SaysYes("contacts: " + message + "\nMake it?")) return answer;
    request->create = true;
    answer = asked.Ask(*request);
  }
  if (answer.ok() || request->password) return answer;
  if (answer.error().message != MissingPassword().message) return answer;
  asked.LetGo();
  auto password = ReadPassword();
  if (!password.ok()) return password.error();
  request->password = std::move(*password);
  return asked.Ask(*request);
}

// Says what was asked for, because an export may be empty for several reasons.
std::string NothingOf(const OpsRequest& request) {
  std::string range = request.from ? " from record " + std::to_string(*request.from) + " on" : "";
  if (request.to) range += " up to record " + std::to_string(*request.to);
  return "Nothing to export: tenant " + *request.tenant + " has no records" + range + ".";
}

int Say(const std::string& message) {
  std::cerr << "contacts: " << message << "\n";
  return 0;
}

// Prints page after page. A name that a user typed must not steer the reader's terminal; a file or
// a pipe gets the very bytes.
int PrintAsItIs(OpsRequest request, Asked& asked) {
  const bool to_people = isatty(STDOUT_FILENO) != 0;
  const OpsRequest first = request;
  bool is_empty = true;
  do {
    const Result<OpsAnswer> answer = AskWithPerson(&request, asked);
    if (!answer.ok()) return Fail(answer.error().message);
    is_empty = is_empty && answer->text.empty();
    std::cout << (to_people ? unicode::EscapeSteering(answer->text) : answer->text) << std::flush;
    if (!std::cout) return Fail("stdout cannot be written.");
    request.from = answer->next;
    if (answer->disclosure > 0) request.disclosure = answer->disclosure;
  } while (*request.from > 0);
  return is_empty && first.operation == "export" ? Say(NothingOf(first)) : 0;
}

int PrintAnswer(const CommandLine& line, const std::string& verb, Asked& asked) {
  if (line.json || !HasFormForPeople(verb)) return PrintAsItIs(line.request, asked);
  OpsRequest request = line.request;
  const Result<OpsAnswer> answer = AskWithPerson(&request, asked);
  if (!answer.ok()) return Fail(answer.error().message);
  const Printed printed = ForPeople(verb, request, answer->text);
  std::cerr << printed.err << std::flush;
  std::cout << printed.out << std::flush;
  return std::cout ? 0 : Fail("stdout cannot be written.");
}

int Print(const CommandLine& line, const std::string& verb, Asked& asked) {
  const OpsRequest& request = line.request;
  if (!WaitsOnly(request)) {
    const int code = PrintAnswer(line, verb, asked);
    if (code != 0 || !request.wait.value_or(false)) return code;
  }
  const auto gone = WaitForCleaning(line, asked);
  if (!gone.ok()) return Fail(gone.error().message);
  std::cout << *gone << std::flush;
  return std::cout ? 0 : Fail("stdout cannot be written.");
}

int RunOnServer(const CommandLine& line) {
  const std::string& data = line.config.data;
  if (line.request.operation == "rebuild") {
    return Fail("A server is running on " + data + "; stop it first: a rebuild removes its views.");
  }
  if (line.request.operation == "restore") {
    return Fail("Another contacts process" + HolderOf(data) + " is using " + data +
                "; stop it first: a restore replaces its log.");
  }
  const auto server = ReadOpsAddress(data);
  if (!server) {
    const std::string why = "Another contacts process" + HolderOf(data) + " is using " + data +
                            "; try again when it is done.";
    return WantsPage(line) ? PrintPageWithoutState(data, why) : Fail(why);
  }
  if (WantsPage(line)) return PrintPageOf(*server, line);
  AskedServer asked(*server);
  return Print(line, line.request.operation, asked);
}

// The page must come soon, and asking for it must not make a topic in a cluster.
Result<std::unique_ptr<Node>> OpenForPage(Operation::Place place, Config config,
                                          std::unique_ptr<DataDirectory> directory) {
  config.kafka_start_time = std::chrono::seconds(3);
  config.kafka_makes_topics = false;
  const bool opened_before = std::filesystem::exists(directory->PathOf("views/CURRENT")) &&
                             std::filesystem::exists(directory->PathOf("local/CURRENT"));
  if (config.log == Config::Log::kKafka && opened_before) {
    return OpenAndCatchUp(config, DiskAccess::kReadOnly, std::move(directory));
  }
  return OpenFor(place, config, std::move(directory));
}

int RunOnDirectory(CommandLine line, Operation::Place place,
                   std::unique_ptr<DataDirectory> directory) {
  const std::string verb = line.request.operation;
  const bool wants_page = WantsPage(line);
  if (verb == "restore") return RunRestore(line, std::move(directory));
  if (verb == "rebuild") {
    std::error_code fault;
    std::filesystem::remove_all(directory->PathOf("views"), fault);
    if (fault) return Fail("The views cannot be removed: " + fault.message());
    line.request.operation = "status";
    line.request.digest = true;
  }
  auto node = WantsPage(line) ? OpenForPage(place, line.config, std::move(directory))
                              : OpenFor(place, line.config, std::move(directory));
  if (!node.ok()) {
    const std::string& why = node.error().message;
    return wants_page ? PrintPageWithoutState(line.config.data, why) : Fail(why);
  }
  AskedDirectory asked(line.config, place, std::move(*node));
  return wants_page ? PrintPage(asked.Ask(line.request), line.config.data)
                    : Print(line, verb, asked);
}

}  // namespace

int RunOperation(CommandLine line) {
  const Operation* operation = FindOperation(line.request.operation);
  // A path that cannot be looked at is opened later, which says why it cannot.
  const auto is_missing = [](const std::string& path) {
    std::error_code fault;
    return !std::filesystem::exists(path, fault) && !fault;
  };
  const bool makes_directory =
      operation->place == Operation::Place::kNewDirectory || line.request.copy.has_value();
  if (!makes_directory && is_missing(line.config.data)) {
    return Fail("There is no directory " + line.config.data + "; name it with --data.");
  }
  if (operation->place == Operation::Place::kReadOnly &&
      line.config.log == Config::Log::kEmbedded && is_missing(line.config.data + "/lock")) {
    const std::string why = "There is nothing of contacts in the directory " + line.config.data +
                            "; name another with --data.";
    return WantsPage(line) ? PrintPageWithoutState(line.config.data, why) : Fail(why);
  }
  if (line.wants_password && isatty(STDIN_FILENO) == 0) {
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
              << ", and only a server keeps locks: there is nothing to do.\n";
    return 0;
  }
  if (directory.ok()) {
    const Operation::Place place = operation->PlaceOf(line.request);
    return RunOnDirectory(std::move(line), place, std::move(*directory));
  }
  if (directory.error().code == ErrorCode::kConflict) return RunOnServer(line);
  if (WantsPage(line)) return PrintPageWithoutState(line.config.data, directory.error().message);
  return Fail(directory.error().message);
}

}  // namespace contacts::cli
