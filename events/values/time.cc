#include "events/values/time.h"

#include <algorithm>
#include <chrono>

#include "events/values/ascii.h"

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

// 'd' stands for a digit.
bool HasShape(std::string_view text, std::string_view shape) {
  if (text.size() != shape.size()) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (shape[i] == 'd' ? !IsDigit(text[i]) : text[i] != shape[i]) return false;
  }
  return true;
}

int NumberAt(std::string_view text, size_t at, size_t width) {
  int value = 0;
  for (const char c : text.substr(at, width)) value = value * 10 + (c - '0');
  return value;
}

constexpr std::string_view kDayAndTime = "dddd-dd-ddTdd:dd:dd";

// Reads a text that has that shape; nullopt: there is no such day or time.
std::optional<Timestamp> WholeSeconds(std::string_view text) {
  const std::chrono::year_month_day date{
      std::chrono::year(NumberAt(text, 0, 4)),
      std::chrono::month(static_cast<unsigned>(NumberAt(text, 5, 2))),
      std::chrono::day(static_cast<unsigned>(NumberAt(text, 8, 2)))};
  const int hour = NumberAt(text, 11, 2), minute = NumberAt(text, 14, 2);
  const int second = NumberAt(text, 17, 2);
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const int64_t days = Days(date).time_since_epoch().count();
  return Timestamp{((days * 24 + hour) * 60 + minute) * 60'000 + second * 1000};
}

// "Z", "+02:00": in milliseconds east of UTC.
std::optional<int64_t> OffsetOf(std::string_view zone) {
  if (zone == "Z" || zone == "z") return 0;
  if (!HasShape(zone, "+dd:dd") && !HasShape(zone, "-dd:dd")) return std::nullopt;
  const int hours = NumberAt(zone, 1, 2), minutes = NumberAt(zone, 4, 2);
  if (hours > 23 || minutes > 59) return std::nullopt;
  const int64_t offset = (hours * 60 + minutes) * int64_t{60'000};
  return zone.front() == '-' ? -offset : offset;
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
  if (!HasShape(text, "dddd-dd-ddTdd:dd:dd.dddZ")) return std::nullopt;
  auto time = WholeSeconds(text);
  if (time) time->milliseconds += NumberAt(text, 20, 3);
  return time;
}

std::optional<Timestamp> ParseDateTime(std::string_view text) {
  std::string whole(text.substr(0, kDayAndTime.size()));
  if (whole.size() == kDayAndTime.size() && whole[10] == 't') whole[10] = 'T';
  if (!HasShape(whole, kDayAndTime)) return std::nullopt;
  auto time = WholeSeconds(whole);
  std::string_view rest = text.substr(kDayAndTime.size());
  if (rest.starts_with('.')) {
    size_t digits = 0;
    while (1 + digits < rest.size() && IsDigit(rest[1 + digits])) ++digits;
    if (digits == 0) return std::nullopt;
    std::string thousandths(rest.substr(1, std::min<size_t>(digits, 3)));
    thousandths.resize(3, '0');
    if (time) time->milliseconds += NumberAt(thousandths, 0, 3);
    rest.remove_prefix(1 + digits);
  }
  const auto offset = OffsetOf(rest);
  if (!time || !offset) return std::nullopt;
  time->milliseconds -= *offset;
  return time;
}

}  // namespace contacts
