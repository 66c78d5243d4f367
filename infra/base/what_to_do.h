// What to do about a finding: one table for readiness, the log and `contacts status`.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace contacts {

// The part for reasons why no server runs or can start; no health check has it.
inline constexpr const char* kStartPart = "start";

// One sentence that says the next step; `data` stands in it for the data directory. `why` is the
// text of the part's check, which tells the faults of a part apart. Throws std::logic_error when
// the part has no row in what_to_do.cc.
std::string WhatToDo(std::string_view part, std::string_view why, std::string_view data);

// The part with the smallest rank must be mended first: faults of later parts may follow from it.
// Throws like WhatToDo.
size_t RankOf(std::string_view part);

}  // namespace contacts
