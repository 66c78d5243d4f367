#include "infra/cli/run_restore.h"

#include <chrono>
#include <iostream>
#include <utility>
#include <vector>

#include "events/json/json_archive.h"
#include "events/values/unicode.h"
#include "events/values/utf8.h"
#include "infra/cli/for_people.h"
#include "infra/node/erase_again.h"
#include "infra/node/node.h"
#include "infra/node/own_files.h"
#include "infra/node/restore.h"

namespace contacts::cli {
namespace {

// What `restore` prints as JSON.
struct ShownRestore {
  int64_t epoch = 0;
  int64_t entries = 0;
  Timestamp newest;
  std::string kept;
  int64_t erased_again = 0;           // records that the history got
  std::vector<std::string> doubtful;  // ErasedAgain

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("epoch", epoch), Field("entries", entries), Field("newest", newest),
       Field("kept", kept), Field("erasedAgain", erased_again), Field("doubtful", doubtful));
  }
};

std::string FaultOfRestore(const CommandLine& line) {
  if (line.config.log == Config::Log::kKafka) {
    return "On Kafka there is nothing to restore here: a topic that was put back is the same log "
           "only if it ends where it did; another topic is another log.";
  }
  if (line.request.copy.has_value() == line.request.here.value_or(false)) {
    return "Name a copy of a data directory, or --here when it was put in place by hand.";
  }
  const bool without = line.request.without_erasures.value_or(false);
  if (without && !line.config.erasures.empty()) {
    return "--erasures and --without-erasures are both given: name one of the two.";
  }
  if (!without && line.config.erasures.empty()) {
    return "Name the file that keeps what was erased, with --erasures: whoever was erased after "
           "the copy was made is erased again. With --without-erasures instead, these persons are "
           "readable again.";
  }
  return "";
}

// What was erased again, for people.
std::string Sentences(const ErasedAgain& erased) {
  std::string text;
  if (erased.records > 0) {
    text = "What was erased since is erased again, by " + std::to_string(erased.records) +
           " records.\n";
  }
  for (const std::string& contact : erased.doubtful) {
    text += "The past of " + contact +
            " is erased; what the copy has as its present may be what was erased: look at it.\n";
  }
  return text;
}

// Before anybody else opens the directory.
Result<ErasedAgain> EraseAgainIn(const Config& config, std::unique_ptr<DataDirectory> directory) {
  if (!MustEraseAgain(*directory)) return ErasedAgain{};
  auto node = Node::Open(std::move(directory), config);
  if (!node.ok()) return node.error();
  const auto erased = EraseAgain(**node);
  (*node)->instance.Stop(std::chrono::seconds(10));
  return erased;
}

}  // namespace

int Fail(const std::string& message) {
  std::cerr << "contacts: " << unicode::ShowInvisible(MendUtf8(message)) << "\n";
  return 1;
}

int RunRestore(const CommandLine& line, std::unique_ptr<DataDirectory> directory) {
  if (const std::string fault = FaultOfRestore(line); !fault.empty()) return Fail(fault);
  const OpsRequest& request = line.request;
  const std::string& erasures = line.config.erasures;
  const auto done =
      request.copy ? RestoreFrom(AbsolutePath(*request.copy), *directory, request.epoch, erasures)
                   : RestoreHere(*directory, request.epoch, erasures);
  if (!done.ok()) return Fail(done.error().message);
  ShownRestore shown{done->epoch, done->entries, done->newest, {}, 0, {}};
  if (done->replaced) {
    shown.kept = "The log that was replaced, of " + std::to_string(*done->replaced) +
                 " entries, is kept as " +
                 directory->PathOf("log.before-epoch-" + std::to_string(done->epoch)) +
                 "; remove it when it is not needed.";
  }
  auto erased = EraseAgainIn(line.config, std::move(directory));
  if (!erased.ok()) {
    return Fail(
        "The copy is in its place, but what was erased after it is not erased again, so no "
        "server starts on it: " +
        erased.error().message);
  }
  shown.erased_again = erased->records;
  shown.doubtful = erased->doubtful;
  const std::string json = ToJson(shown) + "\n";
  if (line.json) {
    std::cout << json << std::flush;
  } else {
    const Printed printed = ForPeople(request.operation, request, json);
    std::cerr << printed.err << std::flush;
    std::cout << printed.out << Sentences(*erased) << std::flush;
  }
  return std::cout ? 0 : Fail("stdout cannot be written.");
}

}  // namespace contacts::cli
