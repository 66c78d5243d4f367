#include "events/values/time.h"

#include <algorithm>
#include <chrono>

namespace contacts {
namespace {

using Days = std::chrono::sys_days;

constexpr int64_t kFirst = -62'167'219'200'000;  // 0000-01-01T00:00:00.000Z
constexpr int64_t kLast = 253'402'300'799'999;   // 9999-12-31T23:59:59.999Z

void AppendDigits(int64_t value, int width, std::string* out) {
  const size_t start = out->size();
  out->resize(start + static_cast<size_t>(width));
  for (size_t at = out->size(); at-- > start; value /= 10) {
    (*out)[at] = static_cast<char>('0' + value % 10);
  }
}

}  // namespace

std::string FormatTimestamp(Timestamp time) {
  const std::chrono::sys_time<std::chrono::milliseconds> point{
      std::chrono::milliseconds(std::clamp(time.milliseconds, kFirst, kLast))};
  const auto day = std::chrono::floor<std::chrono::days>(point);
  const std::chrono::year_month_day date(day);
  int64_t left = (point - day).count();
  std::string out;
  out.reserve(24);
  AppendDigits(static_cast<int>(date.year()), 4, &out);
  out += '-';
  AppendDigits(static_cast<unsigned>(date.month()), 2, &out);
  out += '-';
  AppendDigits(static_cast<unsigned>(date.day()), 2, &out);
  out += 'T';
  AppendDigits(left / 3'600'000, 2, &out);
  out += ':';
  AppendDigits(left / 60'000 % 60, 2, &out);
  out += ':';
  AppendDigits(left / 1000 % 60, 2, &out);
  out += '.';
  AppendDigits(left % 1000, 3, &out);
  out += 'Z';
  return out;
}

std::optional<Timestamp> ParseTimestamp(std::string_view text) {
  static constexpr std::string_view kShape = "dddd-dd-ddTdd:dd:dd.dddZ";
  if (text.size() != kShape.size()) return std::nullopt;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool digit = text[i] >= '0' && text[i] <= '9';
    if (kShape[i] == 'd' ? !digit : text[i] != kShape[i]) return std::nullopt;
  }
  const auto number = [&](size_t at, size_t width) {
    int value = 0;
    for (size_t i = at; i < at + width; ++i) value = value * 10 + (text[i] - '0');
    return value;
  };
  const std::chrono::year_month_day date{std::chrono::year(number(0, 4)),
                                         std::chrono::month(static_cast<unsigned>(number(5, 2))),
                                         std::chrono::day(static_cast<unsigned>(number(8, 2)))};
  const int hour = number(11, 2), minute = number(14, 2), second = number(17, 2);
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const int64_t days = Days(date).time_since_epoch().count();
  return Timestamp{((days * 24 + hour) * 60 + minute) * 60'000 + second * 1000 + number(20, 3)};
}

}  // namespace contacts
