// The scopes of a machine's token. Records hold the SHA-256 of the token, never the token.
#pragma once

#include "events/values/field.h"

namespace contacts {

namespace rules {
inline constexpr FieldRule kTokenName{FieldRule::Form::kText, 1, 64};
}  // namespace rules

// query/access.h says what each scope may do.
enum class TokenScope { kRead, kWrite, kAudit };

template <>
struct EnumNames<TokenScope> {
  static constexpr std::pair<TokenScope, std::string_view> names[] = {
      {TokenScope::kRead, "read"}, {TokenScope::kWrite, "write"}, {TokenScope::kAudit, "audit"}};
};

}  // namespace contacts
