// Whose id a record's `actor` is. Two people with the same id from two sources are two actors:
//
//   7                a user of ours, by its id
//   ext:u-77         a session of another application, by the id that it gives its user …
//   ext:~9f86d081…   … or by a pseudonym: 64 hex digits of a keyed hash
//   token:t1         a machine's token, by its id
//   operator:olga    a person at the command line, by the name that FoldUserName gives
//
// The actor stays readable in the history for ever.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "events/values/ids.h"

namespace contacts::actors {

// The demonstration's commands. Instances that different login names run must mean the same actor,
// because the commands have fixed keys. No operator is this actor: their names are in lower case.
inline constexpr std::string_view kDemo = "operator:Demo";

// Gives the pseudonym of a person's id in a tenant (PseudonymOf with a key of that tenant). Empty:
// there is no key. Any thread.
using Pseudonym = std::function<std::string(const TenantId& tenant, std::string_view id)>;

inline constexpr std::string_view kTokenPrefix = "token:";  // and the token's id

inline std::string OfUser(const UserId& id) { return id.value; }
inline std::string OfToken(std::string_view token_id) {
  return std::string(kTokenPrefix).append(token_id);
}
// `name`: without a fault (command/validation.h, FaultOfOperatorName).
std::string OfOperator(std::string_view name);

inline bool IsToken(std::string_view actor) { return actor.starts_with(kTokenPrefix); }

// The user `id` of another application. An id that may name its person, or that looks like a
// pseudonym, gets a pseudonym. Empty: it needs one, and `pseudonym` gives none.
std::string OfAnother(const TenantId& tenant, std::string_view id, const Pseudonym& pseudonym);

// The keyed hash of an id: HMAC-SHA-256 as hex digits. Without the key nobody can tell, even by
// trying all addresses, which person it is.
std::string PseudonymOf(std::string_view key, std::string_view id);

}  // namespace contacts::actors
