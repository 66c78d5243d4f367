// Where changes are read: a few by the thread at hand, many as long work.
#pragma once

#include <cstdint>
#include <utility>

#include "infra/api/exchange.h"

namespace contacts::api {

// As many records are read in a millisecond or two by a thread that others wait for. A record may
// have to be folded with others, but not with more than come after `since`.
inline constexpr int64_t kNear = 40;

inline void ReadChangesSince(const ExchangePtr& exchange, Sequence since, Sequence applied,
                             Step read) {
  if (applied.value - since.value <= kNear) return read(exchange);
  exchange->ContinueOnLongWork(std::move(read));
}

}  // namespace contacts::api
