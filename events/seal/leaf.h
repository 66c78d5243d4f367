// The leaves of a key tree: 64-bit numbers, each of which names one key.
//
//   contact n in generation g   00 | g (14 bits) | n (48 bits): neighbours share most of their path
//   actor a                     01 | the first 62 bits of SHA-256("actor" 00 a)
//   month                       10 | months since 1970-01
//
// Pure; any thread.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

#include "events/values/ids.h"
#include "events/values/time.h"

namespace contacts::seal {

struct Leaf {
  uint64_t value = 0;
  auto operator<=>(const Leaf&) const = default;
};

// A contact gets another generation when its past is erased and its present stays.
inline constexpr int kMaxGeneration = (1 << 14) - 1;
inline constexpr int64_t kMaxContact = (int64_t{1} << 48) - 1;

// nullopt: `contact` is not from 1 to kMaxContact, or `generation` not from 0 to kMaxGeneration.
std::optional<Leaf> LeafOfContact(ContactId contact, int generation = 0);

// `actor` as records name it: "7", "ext:u-77", "operator:jo".
Leaf LeafOfActor(std::string_view actor);

// The calendar month (UTC) of a record. Times before 1970 belong to its first month.
Leaf LeafOfMonth(Timestamp time);

}  // namespace contacts::seal
