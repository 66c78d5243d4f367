// Which spellings of a user name or a password are the same (RFC 8264 and 8265, by ICU). Texts are
// UTF-8. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "events/values/unicode.h"

namespace contacts {

// The key by which a user name is found, and is unique in its tenant: without white space at both
// ends, then as UsernameCaseMapped maps it: wide and narrow forms to usual ones, lower case, NFC.
// For an ASCII text the result is that of FoldEmail. The function takes any text, because names
// stored under older rules must be found, and maps a folded name to itself. In a text of more than
// 4096 bytes, which no user name has, it folds only ASCII.
//
// Frozen but for new characters of Unicode: another folding would change what "taken" means for
// history already written.
std::string FoldUserName(std::string_view name);

// Says which character a new user name must not hold. UsernameCaseMapped takes letters, digits,
// marks, visible ASCII and, between words, spaces, in one direction of writing. The message follows
// the name of the field. Its position counts in the folded name, plus `shift`. `folded` is a result
// of FoldUserName. nullopt: no fault.
std::optional<std::string> FaultOfUserName(std::string_view folded, size_t shift = 0);

// Says which character a name must not hold that people read, compare and trust, although no user
// logs in with it (a role, a token's name, another application's name for its user). Invisible
// characters are refused, but for U+0020 and the joiners where RFC 5892 allows them. The message
// follows the name of the field. nullopt: no fault.
std::optional<std::string> FaultOfName(const unicode::Trimmed& name);

// FaultOfName for a new password, `prepared` by PreparePassword: OpaqueString disallows invisible
// characters, because people cannot type them again. An older password may hold them.
inline std::optional<std::string> FaultOfNewPassword(std::string_view prepared) {
  return FaultOfName({prepared, 1});
}

// A password as OpaqueString maps it: other spaces to U+0020, NFC. So its hash is the same on every
// keyboard and system. It takes any text, and returns one of more than 4096 bytes unchanged.
std::string PreparePassword(std::string_view text);

}  // namespace contacts
