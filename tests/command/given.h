// A tenant with a history, made by commands through the real path: decided, recorded, applied.
#pragma once

#include <string>
#include <vector>

#include "command/command.h"
#include "command/rules/decide.h"
#include "command/tenant_state.h"
#include "command/writer/record_maker.h"
#include "events/event_log.h"
#include "projections/view_lookup.h"
#include "tests/support/history.h"
#include "tests/support/keys.h"
#include "tests/support/memory_view_store.h"

namespace contacts::testing {

inline constexpr Timestamp kNow = kStart;

// A clock that stands still, and bytes that count up from `first`: each record has another id.
World FixedWorld(uint8_t first = 1);

CreateContact Contact(const std::string& email, bool can_login = false);
// A command of user 7 in tenant acme; with `key`, as a client sends it with the body `request`.
Command By(Intent intent, const std::string& key = {}, const std::string& request = "body");

// Erases the months of all records that a FixedWorld made.
EraseMonths AllMonths();

// The record maker of the writer makes these records, not RecordAfter.
class Given {
 public:
  // Does the command and applies its record. Throws if the command makes no record.
  Given& Done(const Command& command);
  // Appends the entry to the log and applies it.
  Judged Land(const std::string& key, const std::string& value) {
    return history_.Land(key, value);
  }

  TenantState State(const std::string& tenant = "acme") const {
    return TenantState(lookup_, TestKeys(), TenantId{tenant});
  }
  Decision When(const Command& command) const { return Decide(State(), command); }

  const ViewLookup& lookup() const { return lookup_; }
  const std::vector<LogEntry>& entries() const { return history_.entries(); }
  Offset position() const { return history_.position(); }

 private:
  MemoryViewStore views_;
  ViewLookup lookup_{views_};
  History history_{views_};
  World world_ = FixedWorld();
};

// The position of the record that answers again; 0: the decision is not a replay.
inline int64_t ReplayedFrom(const Decision& decision) {
  const auto* replayed = std::get_if<Replayed>(&decision);
  return replayed ? replayed->record.envelope.sequence.value : 0;
}

inline ErrorCode CodeOf(const Decision& decision) {
  const auto* error = std::get_if<Error>(&decision);
  return error ? error->code : ErrorCode::kInternal;
}

inline std::string IdAt(const Given& given, int64_t sequence) {
  return given.State().RecordAt(Sequence{sequence})->envelope.id;
}

}  // namespace contacts::testing
