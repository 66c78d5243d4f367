// A lock of log-ins as operators see it.
#pragma once

#include <string>

#include "events/json/json_archive.h"
#include "events/values/field.h"
#include "events/values/time.h"

namespace contacts::ops {

// Log-ins from `address` are refused until then; without one, log-ins from all addresses from which
// the user has not logged in before.
struct ShownLock {
  Maybe<std::string> address;
  Timestamp until;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("address", address), Field("until", until));
  }
};

}  // namespace contacts::ops
