// Users of this machine, as messages name them.
#pragma once

#include <sys/types.h>

#include <string>

namespace contacts {

// "contacts (uid 990)"; for a user without a name "the user with uid 990".
std::string UserName(uid_t user);

// The name alone: "contacts"; for a user without a name "uid 990".
std::string LoginName(uid_t user);

}  // namespace contacts
