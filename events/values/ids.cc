#include "events/values/ids.h"

#include <algorithm>

#include "events/values/ascii.h"

namespace contacts {

bool IsTenantId(std::string_view text) {
  return !text.empty() && text.size() <= 64 && IsAlphanumeric(text.front()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return IsAlphanumeric(c) || c == '.' || c == '_' || c == '-'; });
}

}  // namespace contacts
