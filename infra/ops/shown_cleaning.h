// What `contacts erase --wait` asks again and again.
#pragma once

#include <string>

#include "events/values/field.h"
#include "events/values/time.h"

namespace contacts::ops {

// Whether bytes of erased people are left here.
struct ShownCleaning {
  bool cleaned = false;
  Maybe<Timestamp> due_since;
  std::string waits_for;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("cleaned", cleaned), Field("dueSince", due_since), Field("waitsFor", waits_for));
  }
};

}  // namespace contacts::ops
