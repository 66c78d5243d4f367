#include "events/values/month.h"

#include <algorithm>
#include <chrono>
#include <string>

namespace contacts {

int MonthOf(Timestamp time) {
  using namespace std::chrono;
  const sys_time<milliseconds> at{milliseconds(std::max<int64_t>(time.milliseconds, 0))};
  const year_month_day day{floor<days>(at)};
  return (static_cast<int>(day.year()) - 1970) * 12 +
         static_cast<int>(static_cast<unsigned>(day.month())) - 1;
}

std::optional<int> ParseMonth(std::string_view text) {
  constexpr size_t kSize = std::string_view("2026-05").size();
  if (text.size() != kSize) return std::nullopt;
  const auto begin = ParseTimestamp(std::string(text) + "-01T00:00:00.000Z");
  if (!begin || begin->milliseconds < 0) return std::nullopt;
  return MonthOf(*begin);
}

Timestamp BeginOfMonth(int months) {
  using namespace std::chrono;
  const year_month_day first{year(1970 + months / 12),
                             month(static_cast<unsigned>(months % 12 + 1)), day(1)};
  return Timestamp{sys_days(first).time_since_epoch().count() * 86'400'000};
}

}  // namespace contacts
