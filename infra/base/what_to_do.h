// What to do about a finding: one table for readiness, the log and `contacts status`.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace contacts {

// Why no server runs, or none can: no check of a running one.
inline constexpr const char* kStartPart = "start";

// One sentence that says the next step; `data` stands in it for the data directory. `why` is what
// the part's check said: some parts have several faults. Throws std::logic_error when the part has
// no row in what_to_do.cc.
std::string WhatToDo(std::string_view part, std::string_view why, std::string_view data);

// The smaller, the sooner it must be mended: what stands behind it may follow from it. Throws as
// WhatToDo.
size_t RankOf(std::string_view part);

}  // namespace contacts
