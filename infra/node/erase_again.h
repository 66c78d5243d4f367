// Erases again, in a log that was restored, what was erased after the copy was made.
//
// A restore puts the list into the data directory, as erase-again, before the copy counts: whoever
// opens the directory next obeys it before anybody can read the persons, so a kill between the two
// brings nobody back.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "events/values/result.h"
#include "infra/node/data_directory.h"
#include "infra/node/node.h"

namespace contacts {

inline constexpr const char* kEraseAgain = "erase-again";

// Puts the list into `folder`. `file`: what --erasures names; empty: nothing is to be erased again.
// The error: there is no such file, or it is of another log.
Result<bool> StageErasures(const std::string& file, const std::string& log_id,
                           const std::string& folder);

// A restore left a list that was not obeyed so far.
bool MustEraseAgain(const DataDirectory& directory);

struct ErasedAgain {
  int records = 0;  // that the history got
  // Contacts whose past was erased: what the copy has as their present may be that past.
  std::vector<std::string> doubtful;
};

// Catches up, obeys the list, if there is one, and removes it. What the history has, and
// what it does not know any more (a contact that was made after the copy), is stepped over. The
// keys are destroyed when it returns. The error says what is in the way; the list then stays.
Result<ErasedAgain> EraseAgain(Node& node);

}  // namespace contacts
