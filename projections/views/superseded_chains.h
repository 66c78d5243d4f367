// The superseded entries of a tenant, as chains: each entry is chained on the one before it.
//
// Most chains begin at an entry that was seen: they lost the race for their slot. A chain that
// begins at an entry that no reader has seen consists of *orphans*. Its parent was lost on its way
// and will be sent again, or the parent was damaged in the log. In the second case the chain is not
// a loser but history that this log no longer shows, and a writer that went on would begin a second
// history. A chain of orphans that is longer than what a writer may have pending, or that has grown
// for longer than a writer tries, counts as the second case: its tenant takes no writes until the
// parent becomes history, or until the operator disowns the chain.
//
// Pure: the row depends on the log alone.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "events/history.h"
#include "projections/store/rows.h"

namespace contacts {

// At least as many as the commands that a writer may have pending for a tenant …
inline constexpr int64_t kOrphansThatClose = 1000;
// … and at least two deadlines of a command, by the log's clock.
inline constexpr std::chrono::milliseconds kOrphanGrowthThatCloses{20000};

// To be called for each superseded entry. Calls `parent_is_history` if the entry continues no
// chain. Does not count an entry again whose bytes end a chain already.
void NoteSuperseded(const Slot& slot, const Hash& hash, Timestamp appended,
                    const std::function<bool()>& parent_is_history, SupersededRow* row);

// To be called when the entry with this hash is history: entries chained on it are not orphans.
void NoteHistory(const Hash& hash, SupersededRow* row);

// To be called when the operator says that the orphans chained on `parent` are not history.
void Disown(const Hash& parent, SupersededRow* row);

// The longest chain of orphans on `parent`; nullptr: none.
const SupersededChain* OrphansOn(const Hash& parent, const SupersededRow& row);
bool HasOrphans(const SupersededRow& row);

// Why the tenant takes no writes, and what to do; empty: it takes writes.
std::string WhyClosed(const SupersededRow& row);

}  // namespace contacts
