#include "events/user.h"

#include <algorithm>

#include "events/contact.h"
#include "events/values/precis.h"

namespace contacts {

std::vector<std::string> SpellingsOf(const std::string& typed) {
  std::vector<std::string> spellings{typed, FoldEmail(typed), FoldUserName(typed)};
  spellings.erase(std::unique(spellings.begin(), spellings.end()), spellings.end());
  return spellings;
}

}  // namespace contacts
