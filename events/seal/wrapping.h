// Wrapped values of the secret store: encrypted with a master key that is not in the store, so that
// a copy of the store alone reads no secret.
//
//   wrapped  01 key nonce sealed tag
//   key      the first 4 bytes of SHA-256(master key), which finds the right one
//   nonce    12 random bytes
//   sealed   AES-256-GCM(master key, nonce, secret, aad: the id of the value), its tag of 16 bytes
//
// No unwrapped value can be taken for a wrapped one. It is a text, whose first byte is a printable
// character, or the seed of a node, which has 32 bytes; a wrapped value has 34 or more. A value
// that begins with another byte below 20 and has not 32 bytes was written by neither.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/seal/seed.h"

namespace contacts::seal {

// The master keys: the first one wraps, all unwrap.
class MasterKeys {
 public:
  static constexpr size_t kIdSize = 4;

  MasterKeys() = default;
  explicit MasterKeys(std::vector<Seed> keys) : keys_(std::move(keys)) {}

  bool empty() const { return keys_.empty(); }
  size_t size() const { return keys_.size(); }
  bool operator==(const MasterKeys&) const = default;
  // As wrapped values name the key; it tells nothing about the key.
  static std::string IdOf(const Seed& key);
  bool Has(std::string_view id) const;
  bool IsFirst(std::string_view id) const { return !empty() && IdOf(keys_.front()) == id; }

  // With the first key; there must be one. `nonce`: 12 random bytes.
  std::string Wrap(std::string_view id, std::string_view secret, std::string_view nonce) const;
  // nullopt: it is not what Wrap makes of any secret of this id with one of these keys.
  std::optional<std::string> Unwrap(std::string_view id, std::string_view wrapped) const;

 private:
  std::vector<Seed> keys_;
};

// 64 hex digits, upper or lower case. nullopt: any other text.
std::optional<Seed> MasterKeyFrom(std::string_view hex);

enum class ValueForm { kPlain, kWrapped, kUnknown };
ValueForm FormOf(std::string_view value);
// The id of the master key in a value of the form kWrapped.
std::string_view KeyIdIn(std::string_view wrapped);

}  // namespace contacts::seal
