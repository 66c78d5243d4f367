// The askers in the tests of lists.
#pragma once

#include "query/access.h"
#include "tests/support/acme.h"

namespace contacts::query {

inline const Asker kAdmin{kAcme, "admin", std::nullopt};
inline Asker Client(int64_t contact) { return {kAcme, "client", ContactId{contact}}; }

}  // namespace contacts::query
