// Health checks of the parts of an instance, for readiness, metrics, the log and `contacts status`:
// each part adds its check once, to one list.
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
    kWarning,   // they can; an operator should look
  };

  std::string part;  // a label for metrics: "secrets", "disk", "clock" …
  Weight weight = Weight::kNotReady;
  // Says what happened and what to do, for people; empty: nothing is wrong. Called on any thread;
  // it must not wait, but report what was found before.
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
  std::vector<HealthFinding> reasons;  // with weight kNotReady; empty: ready
  std::vector<HealthFinding> warnings;
};

// Any thread.
class Health {
 public:
  // `data`: the data directory, for the texts of what_to_do.h.
  explicit Health(std::string data = "the data directory") : data_(std::move(data)) {}

  // All that `check` uses must outlive the last question. Throws std::logic_error for a part that
  // has no row in what_to_do.cc.
  void Add(HealthCheck check);

  HealthFindings Ask() const;
  // Whether nothing is wrong with the part, whatever the weight of its checks.
  bool IsFine(const std::string& part) const;
  // The parts that have checks, each once.
  std::vector<std::string> parts() const;

 private:
  std::vector<HealthCheck> Checks() const;

  const std::string data_;
  mutable std::mutex mutex_;
  std::vector<HealthCheck> checks_;
};

// Logs which parts have become troubled, and which are well again. For one thread.
class HealthLog {
 public:
  void Say(const HealthFindings& now);

 private:
  std::set<std::string> troubled_;  // parts, as they were logged last
};

}  // namespace contacts
