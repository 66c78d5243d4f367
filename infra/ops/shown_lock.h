// A lock of log-ins as operators see one.
#pragma once

#include <string>

#include "events/json/json_archive.h"
#include "events/values/field.h"
#include "events/values/time.h"

namespace contacts::ops {

// Where log-ins are refused for a while.
struct ShownLock {
  Maybe<std::string> address;  // left out: everywhere but where the user logged in before
  Timestamp until;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("address", address), Field("until", until));
  }
};

}  // namespace contacts::ops
