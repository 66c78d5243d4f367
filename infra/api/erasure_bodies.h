// Bodies of the routes of erasures and legal holds.
#pragma once

#include <string>
#include <vector>

#include "events/erasure_events.h"
#include "events/values/field.h"
#include "events/values/ids.h"

namespace contacts::api {

// POST /contacts/{contactId}/erasure
struct ErasureRequest {
  Ground ground = Ground::kNoLongerNeeded;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("ground", ground));
  }
};

// The answer to an erasure.
struct Erased {
  Sequence sequence;                    // the record of the erasure
  std::vector<std::string> recipients;  // who must be told (Article 19 GDPR)

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("sequence", sequence), Field("recipients", recipients));
  }
};

// The answer to a hold that was placed or lifted.
struct HoldChange {
  ContactId contact_id;
  bool held = false;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("contactId", contact_id), Field("held", held));
  }
};

// One of GET /holds
struct Hold {
  ContactId contact_id;
  Sequence sequence;  // the record that placed it
  Timestamp time;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("contactId", contact_id), Field("sequence", sequence), Field("time", time));
  }
};

}  // namespace contacts::api
