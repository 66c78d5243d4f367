// Calendar months (UTC), as erasures name them.
#pragma once

#include <optional>
#include <string_view>

#include "events/values/time.h"

namespace contacts {

// Months since 1970-01. Times before 1970 belong to its first month.
int MonthOf(Timestamp time);

// Takes exactly "2026-05", from the year 1970 on; nullopt for any other text.
std::optional<int> ParseMonth(std::string_view text);

// When the month begins.
Timestamp BeginOfMonth(int months);

}  // namespace contacts
