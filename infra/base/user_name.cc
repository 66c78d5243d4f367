#include "infra/base/user_name.h"

#include <pwd.h>

#include <vector>

namespace contacts {

std::string UserName(uid_t user) {
  passwd entry = {};
  passwd* found = nullptr;
  std::vector<char> texts(16 << 10);
  const int failed = getpwuid_r(user, &entry, texts.data(), texts.size(), &found);
  const std::string number = "uid " + std::to_string(user);
  if (failed != 0 || found == nullptr) return "the user with " + number;
  return std::string(found->pw_name) + " (" + number + ")";
}

}  // namespace contacts
