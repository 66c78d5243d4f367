// The entries of a tenant that its readers stepped over, as chains: each entry is chained on the
// one before it.
//
// Most chains begin at an entry that was seen: they lost the race for their place. One that begins
// at an entry nobody has seen is an *orphan*. Its parent was lost on its way and will be sent
// again, or it was damaged in the log; then what follows is no loser but history that this log no
// longer shows, and whoever wrote on would begin a second one. A chain of orphans that is longer
// than what a writer may have pending, or has grown for longer than a writer tries, is taken for
// the latter: its tenant takes no writes until the parent comes to be history, or the operator
// disowns the chain.
//
// Pure: what the row holds depends on the log alone.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "events/history.h"
#include "projections/store/rows.h"

namespace contacts {

// No less than the commands that a writer may have pending for a tenant …
inline constexpr int64_t kOrphansThatClose = 1000;
// … and than two deadlines of a command, by the log's clock.
inline constexpr std::chrono::milliseconds kOrphanGrowthThatCloses{20000};

// An entry was superseded. `parent_is_history` is asked when the entry continues no chain. Bytes
// that end a chain already are not counted again.
void NoteSuperseded(const Slot& slot, const Hash& hash, Timestamp appended,
                    const std::function<bool()>& parent_is_history, SupersededRow* row);

// The entry with this hash is history: what is chained on it is no orphan.
void NoteHistory(const Hash& hash, SupersededRow* row);

// The operator says that the orphans chained on `parent` are none of this history.
void Disown(const Hash& parent, SupersededRow* row);

// The longest chain of orphans on `parent`; nullptr: there is none.
const SupersededChain* OrphansOn(const Hash& parent, const SupersededRow& row);
bool HasOrphans(const SupersededRow& row);

// Why the tenant takes no writes, and what to do; empty: it takes them.
std::string WhyClosed(const SupersededRow& row);

}  // namespace contacts
