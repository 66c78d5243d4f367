// The port to where secrets lie, beside the history and never in it.
//
//   id of a secret   sha256-<64 lower-case hex digits>, the SHA-256 of the secret; earlier builds
//                    wrote 32 random hex digits
//
// History names the id, so it also says what the secret is: whoever can write to the store cannot
// replace a secret by one of his own. A secret must hold so much chance that its hash tells nothing
// of it; the salt of a password hash does.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/values/result.h"

namespace contacts {

// No secret has this id. Looking for it costs what looking for a known one costs.
inline constexpr std::string_view kNobodysSecret = "0";

std::string SecretIdOf(std::string_view secret);
// Whether the secret is what its id says. An id of an earlier build says nothing: true.
bool IsSecretOf(std::string_view id, std::string_view secret);

// Any thread.
class SecretStore {
 public:
  virtual ~SecretStore() = default;
  // Durable when it returns.
  virtual Result<bool> Put(std::string_view id, std::string_view secret) = 0;
  // Unknown or erased: nullopt.
  virtual Result<std::optional<std::string>> Get(std::string_view id) = 0;
  // Durable when it returns; one that is not there is no error.
  virtual Result<bool> Erase(std::string_view id) = 0;
  // Erases those that are there, and writes nothing for the others; how many were.
  virtual Result<int> EraseAll(const std::vector<std::string>& ids) {
    int erased = 0;
    for (const std::string& id : ids) {
      const auto secret = Get(id);
      if (!secret.ok()) return secret.error();
      if (!*secret) continue;
      if (const auto done = Erase(id); !done.ok()) return done.error();
      ++erased;
    }
    return erased;
  }
  // Why nothing in it can be relied on, for the operator: what happened and what to do. Empty:
  // it can. It never waits. With a fault, all of the above are kUnavailable.
  virtual std::string Fault() const { return ""; }
};

}  // namespace contacts
