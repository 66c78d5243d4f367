// Given a history: a log whose entries are applied to views as they are written.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "projections/projector.h"
#include "tests/support/keys.h"
#include "tests/support/log_script.h"

namespace contacts::testing {

class History {
 public:
  explicit History(ViewStore& views) : projector_(views, TestKeys(), 0, 1) {
    script_.Opens();
    ApplyNewest();
  }

  // The next record of the tenant's history; returns its position.
  Sequence Then(const TenantId& tenant, Event event, const Who& who = {}) {
    script_.Then(tenant.value, std::move(event), who);
    ApplyNewest();
    return script_.head(tenant.value).sequence;
  }
  // The log's next entry, whatever it is.
  Judged Land(const std::string& key, const std::string& value) {
    script_.Raw(key, value);
    return ApplyNewest();
  }

  const std::vector<LogEntry>& entries() const { return script_.entries(); }
  Offset position() const { return projector_.checkpoint().next; }

 private:
  Judged ApplyNewest() { return projector_.Apply({script_.entries().back()}).front(); }

  Projector projector_;
  LogScript script_;
};

}  // namespace contacts::testing
