// The port to the store of secrets, which lie outside of the history: password hashes and the nodes
// of key trees.
//
// clang-format off
//   id of a password hash   sha256-<64 lower-case hex digits>, the SHA-256 of the secret; earlier
//                           builds wrote 32 random hex digits
//   ids of key trees        events/seal/store_keys.h; any bytes
// clang-format on
//
// History names the id of a password hash and so fixes the secret: a writer to the store cannot
// replace a secret by another one. A secret must be random enough that its hash reveals nothing of
// it; the salt of a password hash makes it so.
#pragma once

#include <functional>
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

struct StoredSecret {
  std::string id;
  std::string secret;  // never empty
};

// Any thread.
class SecretStore {
 public:
  virtual ~SecretStore() = default;
  // Durable when it returns. After an error the change may have been made, or be made later.
  virtual Result<bool> Put(std::string_view id, std::string_view secret) = 0;
  // All of them are durable when it returns; after an error, any of them may be.
  virtual Result<bool> PutAll(const std::vector<StoredSecret>& secrets) {
    for (const auto& [id, secret] : secrets) {
      if (const auto put = Put(id, secret); !put.ok()) return put.error();
    }
    return true;
  }
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
  // Visits the secrets whose id begins with `prefix`, in the order of the ids' bytes. `visit` must
  // not call the store.
  using Visit = std::function<void(std::string_view id, std::string_view secret)>;
  virtual Result<bool> Scan(std::string_view prefix, const Visit& visit) = 0;
  // Calls `changed` with each change from now on, whichever instance made it, in the order in which
  // the changes count: once it is durable, and before the call that made it returns. nullopt: it
  // was erased. `changed` must be quick and must not call the store. There is one such function;
  // the one before is not called any more once this has returned. nullptr: none.
  using Changed =
      std::function<void(std::string_view id, const std::optional<std::string_view>& secret)>;
  virtual void OnChange(Changed changed) = 0;
  // Reads all that the store holds at the time of the call, whoever wrote it; `changed` was called
  // with it when this returns.
  virtual Result<bool> CatchUp() { return true; }
  // Why the store cannot be relied on, for the operator: what happened and what to do. Empty: it
  // can be. Never waits. While there is a fault, all of the above return kUnavailable.
  virtual std::string Fault() const { return ""; }
};

}  // namespace contacts
