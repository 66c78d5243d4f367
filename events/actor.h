// The values of a record's `actor` that are not users. No user's id is one of them, so that the
// audit cannot confuse them.
#pragma once

#include <string>
#include <string_view>

namespace contacts::actors {

inline constexpr std::string_view kOperator = "operator";
inline constexpr std::string_view kTokenPrefix = "token:";  // and the token's id

inline std::string OfToken(std::string_view token_id) {
  return std::string(kTokenPrefix).append(token_id);
}

inline bool IsReserved(std::string_view actor) {
  return actor == kOperator || actor.starts_with(kTokenPrefix);
}

}  // namespace contacts::actors
