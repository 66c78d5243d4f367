#include "infra/check/check.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <filesystem>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "infra/check/parts.h"

namespace contacts::check {
namespace {

struct Part {
  const char* name;
  Findings (*look)(const Subject& subject);
  std::vector<std::string> needs;  // settings
  bool before_a_start = true;      // false: the server's own parts check it once they are open
};

const std::vector<Part>& AllParts() {
  static const auto& parts = *new std::vector<Part>{
      {"configuration", LookAtLists, {"trusted-proxies", "allowed-origins"}},
      {"configuration", LookAtSettingsFile, {"data"}},
      {"data", LookAtDirectory, {"data"}},
      {"disk", LookAtDisks, {"data"}},
      {"secrets", LookAtSecrets, {"data", "session-secret-file"}},
      {"secrets", LookAtMasterKeys, {"data", "master-key-file"}},
      {"listen", LookAtPorts, {"data"}},
      {"descriptors", LookAtDescriptors, {"http-connections"}},
      {"clock", LookAtClock, {"data"}, false},
      {"sessions",
       LookAtSessions,
       {"sessions", "redis-ca-file", "redis-timeout-ms", "session-prefix", "session-secret-file"}},
      {"kafka", LookAtKafka, {"log", "kafka-config", "kafka-topic"}}};
  return parts;
}

bool IsLookedAt(const Part& part, const Subject& subject) {
  if (subject.asked_for == Subject::For::kStart && !part.before_a_start) return false;
  if (subject.unread) return part.needs.empty();
  return std::none_of(part.needs.begin(), part.needs.end(), [&](const std::string& setting) {
    return subject.unusable.count(setting) > 0;
  });
}

std::atomic<int> looking{0};  // threads

// Outlives the caller, because a part may hang.
struct Asked {
  Subject subject;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::optional<Findings>> answers;
  size_t open = 0;
};

Findings Ask(const Part& part, const Subject& subject) {
  try {
    return part.look(subject);
  } catch (const std::exception& failure) {
    return {{part.name, Finding::Weight::kFault, failure.what(), ""}};
  }
}

void Answer(Asked* asked, size_t i, Findings findings) {
  const std::lock_guard lock(asked->mutex);
  asked->answers[i] = std::move(findings);
  --asked->open;
  asked->changed.notify_one();
}

void Begin(const std::shared_ptr<Asked>& asked, const Part& part, size_t i) {
  ++looking;
  try {
    std::thread([asked, i, &part] {
      Answer(asked.get(), i, Ask(part, asked->subject));
      --looking;
    }).detach();
  } catch (const std::system_error& failure) {
    --looking;
    Answer(
        asked.get(), i,
        {{part.name, Finding::Weight::kPassing,
          std::string("it cannot be looked at, because no thread can be made: ") + failure.what(),
          "Raise the limit of threads (ulimit -u, TasksMax=)."}});
  }
}

}  // namespace

bool IsLooking() { return looking > 0; }

std::string OriginOf(const Subject& subject, const std::string& setting) {
  const auto origin = subject.origins.find(setting);
  return origin == subject.origins.end() ? "--" + setting : origin->second;
}

bool MustLeaveToStart(const Subject& subject, const std::string& file) {
  std::error_code unknown;
  const auto status = std::filesystem::status(file, unknown);
  return subject.asked_for == Subject::For::kStart && std::filesystem::exists(status) &&
         !std::filesystem::is_regular_file(status) && !std::filesystem::is_directory(status);
}

Findings LookAt(const Subject& subject, std::chrono::milliseconds time) {
  const auto until = std::chrono::steady_clock::now() + time;
  const std::vector<Part>& parts = AllParts();
  const auto asked = std::make_shared<Asked>();
  asked->subject = subject;
  asked->answers.resize(parts.size());
  std::vector<size_t> looked;
  for (size_t i = 0; i < parts.size(); ++i) {
    if (IsLookedAt(parts[i], subject)) looked.push_back(i);
  }
  asked->open = looked.size();
  for (const size_t i : looked) Begin(asked, parts[i], i);
  std::unique_lock lock(asked->mutex);
  asked->changed.wait_until(lock, until, [&] { return asked->open == 0; });
  Findings all;
  for (const size_t i : looked) {
    if (!asked->answers[i]) {
      all.push_back({parts[i].name, Finding::Weight::kPassing, "no answer in time",
                     "See what this machine waits for: a disk, a name server, a network."});
      continue;
    }
    std::move(asked->answers[i]->begin(), asked->answers[i]->end(), std::back_inserter(all));
  }
  return all;
}

}  // namespace contacts::check
