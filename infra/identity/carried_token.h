// Secrets that are handed out once and name their tenant and id, so that they can be looked up
// without knowing either. Only their SHA-256 is kept.
//
//   token  = kind "_" tenant "_" id "_" secret
//   kind   = "ctk"    a machine's token; id: the token's, 16 hex digits
//          | "cin"    an invitation to set a password; id: the user's
//   id     = 1 to 64 of [A-Za-z0-9-]
//   secret = 64 lower-case hex digits: 256 random bits
//
// A tenant may hold "_", so a token is parsed from the right.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "events/values/hash.h"
#include "events/values/ids.h"

namespace contacts {

inline constexpr std::string_view kMachineToken = "ctk";
inline constexpr std::string_view kInvitation = "cin";
inline constexpr std::chrono::milliseconds kInvitationLife = std::chrono::hours(7 * 24);

struct CarriedToken {
  TenantId tenant;
  std::string id;
  Hash hash;  // SHA-256 of the whole text
};

// A token with a new secret. Throws std::runtime_error when there are no random bytes.
std::string NewCarriedToken(std::string_view kind, const TenantId& tenant, std::string_view id);

// nullopt: not a token of this kind.
std::optional<CarriedToken> ReadCarriedToken(std::string_view kind, std::string_view text);

// 16 random hex digits.
std::string NewTokenId();

}  // namespace contacts
