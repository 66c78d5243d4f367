// Tells a repeated request from another one, and makes the keys that name an attempt.
#pragma once

#include <optional>
#include <string>

#include "events/position.h"
#include "events/values/error.h"

namespace contacts {

// The HMAC of a request, which tells a repeated key from a reused one. `key`: hex digits.
std::string RequestHash(const std::string& key, const std::string& request);

// A key that a 503 gives out for a command without one:
//   attempt.<position>.<id>
// It names the pending attempt by its place in history (events/position.h) and the record's id, so
// that any instance can tell what became of it. It holds no hash of the request, because that hash
// would outlive the request's data in the history of a retry.
std::string AttemptKey(const Position& position, const std::string& id);
struct AttemptName {
  Position position;
  std::string id;
};
// nullopt: the key is not of this form.
std::optional<AttemptName> ParseAttemptKey(const std::string& key);

// The error for a key that names an attempt of a part of history that was lost when an older copy
// of the log was put in its place. The attempt may have been answered, so it is not made again
// silently.
Error KeyLost(const std::string& key);
// The error for a key whose first request had other bytes.
Error KeyReused();

}  // namespace contacts
