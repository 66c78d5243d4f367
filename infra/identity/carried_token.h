// Secrets that are handed out once and say where they belong, so that they are looked up without
// knowing the tenant. Only their SHA-256 is kept.
//
//   token  = kind "_" tenant "_" id "_" secret
//   kind   = "ctk"    a machine's token; id: the token's, 16 hex digits
//          | "cin"    an invitation to set a password; id: the user's
//   id     = 1 to 64 of [A-Za-z0-9-]
//   secret = 64 lower-case hex digits: 256 random bits
//
// A tenant may hold "_", so it is read from the right.
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

// With a new secret. Throws std::runtime_error when there are no random bytes.
std::string NewCarriedToken(std::string_view kind, const TenantId& tenant, std::string_view id);

// nullopt: it is none of that kind.
std::optional<CarriedToken> ReadCarriedToken(std::string_view kind, std::string_view text);

// 16 random hex digits.
std::string NewTokenId();

}  // namespace contacts
