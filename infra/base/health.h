// Checks of what may be wrong with the parts of an instance, for readiness, metrics, the log and
// `contacts status`: each part says it once, as a check in one list.
#pragma once

#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace contacts {

struct HealthCheck {
  enum class Weight {
    kNotReady,  // requests cannot be answered as they should be: /health/ready answers 503
    kWarning,   // they are; somebody should look
  };

  std::string part;  // a label for metrics: "secrets", "disk", "clock" …
  Weight weight = Weight::kNotReady;
  // Why, for people: what happened and what to do; empty: nothing is wrong. Any thread, and it
  // never waits: it tells what was found before.
  std::function<std::string()> why;
};

struct HealthFinding {
  std::string part;
  std::string why;
  std::string next = {};  // what to do (what_to_do.h)

  bool operator==(const HealthFinding&) const = default;
};

// All that is wrong now, in the order of the checks.
struct HealthFindings {
  std::vector<HealthFinding> reasons;  // of kNotReady; empty: ready
  std::vector<HealthFinding> warnings;
};

// Any thread.
class Health {
 public:
  // The data directory, for what to do.
  explicit Health(std::string data = "the data directory") : data_(std::move(data)) {}

  // Whatever `check` asks must outlive the last question. Throws std::logic_error for a part of
  // which nobody knows what to do (what_to_do.h).
  void Add(HealthCheck check);

  HealthFindings Ask() const;
  // Nothing is wrong with the part, whatever the weight of its checks.
  bool IsFine(const std::string& part) const;
  // The parts that have checks, each once.
  std::vector<std::string> parts() const;

 private:
  std::vector<HealthCheck> Checks() const;

  const std::string data_;
  mutable std::mutex mutex_;
  std::vector<HealthCheck> checks_;
};

// For the log: says which parts have begun to be troubled, and which have ceased. One thread.
class HealthLog {
 public:
  void Say(const HealthFindings& now);

 private:
  std::set<std::string> troubled_;  // parts, as they were said last
};

}  // namespace contacts
