#include "infra/base/user_name.h"

#include <pwd.h>

#include <vector>

namespace contacts {
namespace {

// Empty: the user has no name.
std::string NameOf(uid_t user) {
  passwd entry = {};
  passwd* found = nullptr;
  std::vector<char> texts(16 << 10);
  const int failed = getpwuid_r(user, &entry, texts.data(), texts.size(), &found);
  return failed != 0 || found == nullptr ? "" : found->pw_name;
}

}  // namespace

std::string UserName(uid_t user) {
  const std::string number = "uid " + std::to_string(user);
  const std::string name = NameOf(user);
  return name.empty() ? "the user with " + number : name + " (" + number + ")";
}

std::string LoginName(uid_t user) {
  const std::string name = NameOf(user);
  return name.empty() ? "uid " + std::to_string(user) : name;
}

}  // namespace contacts
