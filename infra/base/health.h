// What may be wrong with one part of an instance, for readiness, metrics and `contacts status`.
#pragma once

#include <functional>
#include <string>

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

}  // namespace contacts
