// The port to the store of secrets, which lie outside of the history.
//
// clang-format off
//   id of a secret   sha256-<64 lower-case hex digits>, the SHA-256 of the secret; earlier builds
//                    wrote 32 random hex digits
// clang-format on
//
// History names the id and so fixes the secret: a writer to the store cannot replace a secret by
// another one. A secret must be random enough that its hash reveals nothing of it; the salt of a
// password hash makes it so.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/values/result.h"

namespace contacts {

// No secret has this id. A look-up of it costs the same time as that of a known id.
inline constexpr std::string_view kNobodysSecret = "0";

std::string SecretIdOf(std::string_view secret);
// Whether the secret's hash is the one in its id; true for an id of an earlier build, without one.
bool IsSecretOf(std::string_view id, std::string_view secret);

// Any thread.
class SecretStore {
 public:
  virtual ~SecretStore() = default;
  // Durable when it returns.
  virtual Result<bool> Put(std::string_view id, std::string_view secret) = 0;
  // nullopt: unknown or erased.
  virtual Result<std::optional<std::string>> Get(std::string_view id) = 0;
  // Durable when it returns. To erase a secret that is not there is not an error.
  virtual Result<bool> Erase(std::string_view id) = 0;
  // Erases those that are there, writes nothing for the others, and returns how many were there.
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
  // Why the store cannot be relied on, for the operator: what happened and what to do. Empty: it
  // can be. Never waits. While there is a fault, all of the above return kUnavailable.
  virtual std::string Fault() const { return ""; }
};

}  // namespace contacts
