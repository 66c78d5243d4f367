// A tenant with a history, made by commands through the real path: decided, recorded, applied.
#pragma once

#include <string>
#include <vector>

#include "command/command.h"
#include "command/rules/decide.h"
#include "command/tenant_state.h"
#include "command/writer/record_maker.h"
#include "events/event_log.h"
#include "projections/projector.h"
#include "projections/view_lookup.h"
#include "tests/support/memory_view_store.h"

namespace contacts::testing {

inline constexpr Timestamp kNow{1764000000000};  // 2025-11-24T16:00:00.000Z

// A clock that stands, and bytes that count up from `first`: no two records have the same id.
World FixedWorld(uint8_t first = 1);

CreateContact Contact(const std::string& email, bool can_login = false);
// Of tenant acme by user 7; a key makes it a client's with the body `request`.
Command By(Intent intent, const std::string& key = {}, const std::string& request = "body");

class Given {
 public:
  Given();

  // The command is done, its record is history and applied. A command that makes no record throws.
  Given& Done(const Command& command);
  // The entry is the log's next, and applied.
  Judged Land(const std::string& key, const std::string& value);

  TenantState State(const std::string& tenant = "acme") const {
    return TenantState(lookup_, TenantId{tenant});
  }
  Decision When(const Command& command) const { return Decide(State(), command); }

  const ViewLookup& lookup() const { return lookup_; }
  const std::vector<LogEntry>& entries() const { return entries_; }
  Offset position() const { return projector_.checkpoint().next; }

 private:
  MemoryViewStore views_;
  ViewLookup lookup_{views_};
  Projector projector_{views_, 0, 1};
  World world_ = FixedWorld();
  std::vector<LogEntry> entries_;
};

}  // namespace contacts::testing
