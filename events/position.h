// A position of a tenant's history, as clients see it: the sequence of a record, and the epoch
// (events/opening.h) in which that record was made. To clients it is opaque text:
//
//   position   sequence | epoch "." sequence     "17"; "2.121" from the second epoch on
//   sequence   1 to 15 digits; 0 stands before the first record
//   epoch      2 to 2147483647, without leading zeros; an epoch of 1 is never written
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "events/opening.h"
#include "events/values/field.h"
#include "events/values/ids.h"

namespace contacts {

struct Position {
  Sequence sequence;
  int64_t epoch = kFirstEpoch;
  auto operator<=>(const Position&) const = default;
};

std::string TextOf(const Position& position);
// nullopt: the text is not a position.
std::optional<Position> PositionFrom(std::string_view text);

// An epoch in which the tenant got records.
struct EpochBegun {
  int64_t epoch = kFirstEpoch;
  Sequence restored;  // the tenant's head when that epoch began: the newest record that was kept

  bool operator==(const EpochBegun&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("epoch", epoch), Field("restored", restored));
  }
};

// The epoch in which the tenant's record `sequence` was made. `begun`: in order; the tenant's
// records from before all of them are of the first epoch.
int64_t EpochOf(const std::vector<EpochBegun>& begun, Sequence sequence);

}  // namespace contacts
