// Which spellings of a user name or a password are the same (RFC 8264 and 8265, by ICU). Texts are
// UTF-8. Pure; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "events/values/unicode.h"

namespace contacts {

// The key by which a user name is unique in its tenant and found: without white space at both ends,
// then as UsernameCaseMapped maps it: wide and narrow forms to usual ones, lower case, NFC. Of an
// ASCII text that is what FoldEmail makes of it. It takes any text, because what was stored under
// older rules must be found, and folds what is folded to itself. Of more than 4096 bytes, which
// nobody is called, only ASCII is folded.
//
// Frozen but for new characters of Unicode: another folding would change what "taken" means for
// history already written.
std::string FoldUserName(std::string_view name);

// Says what a new user name must not hold: UsernameCaseMapped takes letters, digits, marks, visible
// ASCII and, between words, spaces, in one direction of writing. The message goes behind the name
// of the field; its position counts in the folded name, which is `shift` characters further on.
// nullopt: nothing is wrong. `folded` by FoldUserName.
std::optional<std::string> FaultOfUserName(std::string_view folded, size_t shift = 0);

// Says what a name must not hold that people read, compare and trust, although nobody logs in by
// it (a role, a token's name, what another application calls its user): characters that cannot be
// seen, but for U+0020 and the joiners where RFC 5892 has them. The message goes behind the name of
// the field. nullopt: nothing is wrong.
std::optional<std::string> FaultOfName(const unicode::Trimmed& name);

// FaultOfName for a password that is to be set, `prepared` by PreparePassword: OpaqueString
// disallows what cannot be seen, because nobody types it again. One that was set before may hold
// it.
inline std::optional<std::string> FaultOfNewPassword(std::string_view prepared) {
  return FaultOfName({prepared, 1});
}

// A password as OpaqueString maps it: other spaces to U+0020, NFC. Whichever keyboard and system
// typed it, its hash is the same. It takes any text; more than 4096 bytes stay as they are.
std::string PreparePassword(std::string_view text);

}  // namespace contacts
