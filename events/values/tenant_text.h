// Why a text is not a tenant (IsTenantId), for messages.
#pragma once

#include <string>
#include <string_view>

#include "events/values/unicode.h"

namespace contacts {

// A message that follows the text's name, and names an invisible character in the text.
inline std::string FaultOfTenant(std::string_view text) {
  constexpr auto kFits = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  };
  return "must be 1 to 64 letters, digits, '.', '_' or '-', the first a letter or a digit" +
         unicode::CannotHold(text, kFits);
}

}  // namespace contacts
