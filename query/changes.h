// The delta: what the records after a position changed of what a caller may see. A client that
// holds the list as of a position, and applies the entries in order, holds the list as of `next`.
//
// The viewer is the caller as of now, the contact as of the record. A record of a state that was
// erased since gives no entry; the erasure gives one, `removed`. To a viewer who does not see the
// whole tenant, an erased contact that was there at `since` is `removed` if he might have seen it
// (contact_steps.h), and `removed` never says who changed the contact, why and by which event,
// because that may tell of what he does not see: each has the type ContactChanged.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/position.h"
#include "events/seal/keyring.h"
#include "events/values/result.h"
#include "projections/store/view_store.h"
#include "query/access.h"
#include "query/contact_steps.h"

namespace contacts::query {

struct ChangesWanted {
  Sequence since = {};                   // the entries are of records after it; it must be applied
  std::optional<std::string> view = {};  // the name of the view that the client's copy is of
  size_t most = 1000;                    // entries
};

// What one reading may cost; each looks at one record at least, if there is one.
struct ChangesBounds {
  size_t looked_at = 10'000;       // records after `since` …
  size_t records = 30'000;         // … and with those that states are folded from
  size_t answer_bytes = 1u << 20;  // exceeded by one entry at most
  size_t kept_bytes = 16u << 20;   // of states
};

struct Change {
  Position at;
  std::string json;  // {"sequence","epoch"?,"type","contact" or "removed","actor","reason"}
};

struct Changes {
  std::vector<Change> entries;
  Position next;      // the last record looked at: the next `since`
  bool more = false;  // there are records after `next`
  std::string view;   // names what the caller may see
  Viewer viewer;
  Position at;  // of the rows that this was read from
  std::optional<Sequence> parked;
};

// kGone: `wanted.view` is not what the asker may see now. Throws StoreFailure.
Result<Changes> ReadChanges(const ViewStore& views, seal::Keyring& keyring, const Asker& asker,
                            const ChangesWanted& wanted, const ChangesBounds& bounds = {});

// What the viewer, whose client is at `since`, is told of the step.
Shown ShownSince(Sequence since, const Viewer& viewer, const ContactStep& step);

// {"changes":[…],"next","more","view"}
std::string JsonOf(const Changes& changes);

}  // namespace contacts::query
