// The whole program behind HTTP with nothing scripted: command, log on disk, projections, query.
#pragma once

#include "tests/infra/api/one_instance.h"

namespace contacts::api {

inline const TenantId kOther{"other"};

// One instance and all that it needs.
class Whole : private SharedLog, public OneInstance {
 public:
  // An address is locked after so many failures.
  explicit Whole(int login_failures = 1000, query::ChangeWaitLimits waits = {},
                 size_t list_cache_bytes = 256u << 20)
      : OneInstance(*this, {{directory() / "views"}, login_failures, waits, list_cache_bytes}) {}
};

}  // namespace contacts::api
