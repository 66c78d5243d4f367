// The results of a look at an installation: each fault and warning says what is wrong and what to
// do.
#pragma once

#include <string>
#include <vector>

namespace contacts {

struct Finding {
  enum class Weight {
    kNote,     // nothing is wrong
    kWarning,  // a start goes on; an operator should look
    kPassing,  // a fault that may heal without a restart: a start goes on
    kFault,    // a start would end
  };

  std::string part;  // "configuration", "redis", "kafka" …
  Weight weight = Weight::kFault;
  std::string what;  // without a period at its end
  std::string todo;  // a sentence for the operator; empty: nothing is to be done

  bool is_fault() const { return weight == Weight::kFault || weight == Weight::kPassing; }
  bool operator==(const Finding&) const = default;
};
using Findings = std::vector<Finding>;

}  // namespace contacts
