// A tenant for trying things out: users of each role and 30 contacts. They are made by ordinary
// commands with fixed keys, so that a restart adds nothing twice.
#pragma once

#include <string>

#include "command/command.h"
#include "events/values/result.h"
#include "infra/identity/sessions.h"

namespace contacts {

inline constexpr const char* kDemoTenant = "demo";

// Blocks until the tenant is filled and `admin`, `consultant`, `member` and `client` have this
// password.
Result<bool> MakeDemo(Commands& commands, Passwords& passwords, const std::string& password);

// Says how to log in, with three command lines to paste. `base`: http://host:port/api;
// `cookie_file`: in which curl keeps the session.
std::string DemoWelcome(const std::string& base, const std::string& password,
                        const std::string& cookie_file);

}  // namespace contacts
