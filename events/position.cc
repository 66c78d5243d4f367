#include "events/position.h"

#include <algorithm>
#include <charconv>

#include "events/values/ascii.h"

namespace contacts {
namespace {

constexpr size_t kMostDigits = 15;

std::optional<int64_t> Digits(std::string_view text) {
  if (text.empty() || text.size() > kMostDigits ||
      !std::all_of(text.begin(), text.end(), IsDigit)) {
    return std::nullopt;
  }
  int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace

std::string TextOf(const Position& position) {
  const std::string sequence = std::to_string(position.sequence.value);
  return position.epoch > kFirstEpoch ? std::to_string(position.epoch) + '.' + sequence : sequence;
}

std::optional<Position> PositionFrom(std::string_view text) {
  Position position;
  if (const size_t dot = text.find('.'); dot != std::string_view::npos) {
    const auto epoch = Digits(text.substr(0, dot));
    if (!epoch || text.front() == '0' || *epoch <= kFirstEpoch || *epoch > kMostEpoch) {
      return std::nullopt;
    }
    position.epoch = *epoch;
    text.remove_prefix(dot + 1);
  }
  const auto sequence = Digits(text);
  if (!sequence) return std::nullopt;
  position.sequence = Sequence{*sequence};
  return position;
}

int64_t EpochOf(const std::vector<EpochBegun>& begun, Sequence sequence) {
  int64_t epoch = kFirstEpoch;
  for (const EpochBegun& one : begun) {
    if (one.restored < sequence) epoch = one.epoch;
  }
  return epoch;
}

}  // namespace contacts
