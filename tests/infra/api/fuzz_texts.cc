// Any texts in every place from which a text reaches a record: a request's head and body, a session
// of another application, an operation, the command line. The record of each command that they make
// passes the judgement of a reader.
//
//   input = request "\0" session's JSON "\0" operation's JSON "\0" command line, a word a line
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "command/rules/decide.h"
#include "command/writer/record_maker.h"
#include "events/json/faults.h"
#include "events/json/json_archive.h"
#include "infra/api/routes.h"
#include "infra/cli/command_line.h"
#include "infra/identity/session_json.h"
#include "infra/ops/operations.h"
#include "tests/infra/api/stand_ins.h"
#include "tests/infra/http/memory_wire.h"
#include "tests/support/keys.h"
#include "tests/support/memory_view_store.h"

namespace contacts::api {
namespace {

// Decides each command on an empty tenant and judges its record.
class JudgingCommands : public Commands {
 public:
  void Submit(Command command, Reply reply) override {
    const ViewLookup lookup(views_);
    TestTree(command.tenant);
    const TenantState state(lookup, TestKeys(), command.tenant);
    const auto event = RecordedEvent(Decide(state, command), command);
    if (event) {
      const Record record = MakeRecord(state, command, *event, world_);
      if (!EncodeJudged(record, TestKeys(), 0, 1)) std::abort();
    }
    reply(Failure({ErrorCode::kConflict, "judged"}));
  }

 private:
  MemoryViewStore views_;
  const World world_{[] { return Timestamp{1764000000000}; },
                     [](uint8_t* to, size_t size) { std::fill_n(to, size, uint8_t{7}); }};
};

// A request with any cookie has the session of the input.
class GivenSessions : public RoleSessions {
 public:
  void Find(const std::vector<std::string_view>& cookies, SessionUse,
            std::function<void(Result<Session>)> then) override {
    if (cookies.empty()) return then(Error{ErrorCode::kUnauthenticated, "Log in first."});
    const auto stored = ReadSession(json, SessionFields::Usual());
    if (!stored) return then(stored.error());
    then(stored->session);
  }
  std::string json;
};

class Doors {
 public:
  void Ask(const std::string& bytes) { http::MemoryClient(shared_).Send(bytes); }
  void Log(const std::string& session) { sessions_.json = session; }
  void Operate(const std::string& bytes) {
    const auto document = json::Document::Parse(bytes);
    Faults faults;
    OpsRequest request;
    if (document && FromJson(*document, document->root(), Reading::kRequest, &request, &faults)) {
      (void)operations_.Run(request);
    }
  }
  void Command(const std::vector<std::string>& words) {
    const auto parsed = cli::ParseCommandLine(words, [](const std::string&) { return ""; });
    const auto* line = std::get_if<cli::CommandLine>(&parsed);
    if (line == nullptr || line->verb != cli::Verb::kOperate) return;
    OpsRequest request = line->request;
    if (line->wants_password) request.password = "long enough";
    (void)operations_.Run(request);
  }

 private:
  static http::ServerOptions Options() {
    http::ServerOptions options;
    options.access_log = false;
    options.trusted_proxies = {"192.0.2.0/24"};
    return options;
  }

  MemoryViewStore views_;
  JudgingCommands commands_;
  ScriptedPositions positions_{Sequence{INT64_MAX}};
  GivenSessions sessions_;
  DoublePasswords passwords_;
  static InstanceStatus Up() {
    InstanceStatus status;
    status.caught_up = true;
    return status;
  }
  Api api_{{commands_, views_, TestKeys(), positions_, sessions_, passwords_, &Up}};
  Health health_;
  Operations operations_{{commands_, views_, TestKeys(), passwords_, &Up, health_}};
  const std::shared_ptr<http::ServerShared> shared_ =
      std::make_shared<http::ServerShared>(Options(), http::Router(api_.Routes(), {"", "/api"}));
};

std::vector<std::string> Split(const std::string& text, char by) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == by) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

}  // namespace
}  // namespace contacts::api

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  static auto& doors = *new contacts::api::Doors;
  const std::string input(reinterpret_cast<const char*>(bytes), size);
  std::vector<std::string> parts = contacts::api::Split(input, '\0');
  parts.resize(4);
  doors.Log(parts[1]);
  doors.Ask(parts[0]);
  doors.Operate(parts[2]);
  doors.Command(contacts::api::Split(parts[3], '\n'));
  return 0;
}
