// Puts an older copy of the log in the place of the one in the data directory, and begins a new
// epoch (events/opening.h) with its next start. Embedded log only: on Kafka another topic is
// another log.
//
//   restore.new/      the copy while it is made and checked; serves nothing, and is removed by the
//                     next restore
//   restore.ready/    the same once it is complete: from then on the restore is finished by
//                     whichever process opens the directory next (FinishRestore)
//     log, local      as in the data directory; each is moved to its place, once
//     epoch           the new epoch, decimal
//     erase-again     what must be erased in it (erase_again.h); empty: nothing
//   log.before-epoch-N, local.before-epoch-N   what stood there before; the operator removes it
//   epoch             the epoch of the last restore; also when the log cannot be read any more
//
// The views are removed; the next start makes them anew from the log. Sessions are those of the
// directory, not of the copy, because some of these were ended since; a session that began in the
// lost part is refused by its position.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "events/values/result.h"
#include "events/values/time.h"
#include "infra/node/data_directory.h"

namespace contacts {

struct Restored {
  int64_t epoch = 0;
  int64_t entries = 0;              // of the log as it is now
  Timestamp newest;                 // the time of its newest entry
  std::optional<int64_t> replaced;  // entries of the log that it replaced; nullopt: not readable
};

// `from`: a copy of a data directory, which no process uses. `epoch`: the new epoch, when an
// earlier restore may not be known here; it must be higher than all that are known. The error says
// what is wrong and what to do; the directory is then as it was.
// `erasures`: the file of what was erased after the copy; empty: nothing is to be erased again. The
// caller makes sure that it is (erase_again.h).
Result<Restored> RestoreFrom(const std::string& from, const DataDirectory& directory,
                             std::optional<int64_t> epoch, const std::string& erasures = "");

// For a directory in which an older copy was put in place by hand: only begins the epoch.
Result<Restored> RestoreHere(const DataDirectory& directory, std::optional<int64_t> epoch,
                             const std::string& erasures = "");

// Finishes a restore that was interrupted after its copy was complete. False: there was none.
Result<bool> FinishRestore(const DataDirectory& directory);
// A restore was interrupted there, and must be finished before anything reads the directory.
bool IsRestoring(const DataDirectory& directory);

}  // namespace contacts
