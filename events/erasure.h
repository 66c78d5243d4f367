// What one record of history erased, and how it is told to clients. The keys that it names must be
// destroyed by every reader that keeps keys.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "events/values/error.h"
#include "events/values/ids.h"

namespace contacts {

struct Erasure {
  TenantId tenant;
  Sequence at;                       // the record
  std::optional<ContactId> contact;  // in each generation from 0 …
  int64_t generations = 0;           // … as many as these
  std::vector<std::string> actors;   // each once
  std::optional<int64_t> months;     // all before this one (events/values/month.h)

  bool operator==(const Erasure&) const = default;
};

// The answer about somebody who was erased; `what`: "contact 42". It is never remembered.
inline Error IsErased(const std::string& what, Sequence at) {
  Error error{ErrorCode::kGone, what + " was erased at position " + std::to_string(at.value)};
  error.code_name = "erased";
  return error;
}

}  // namespace contacts
