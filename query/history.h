// The history of one contact: what was recorded about it, oldest first.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "events/contact.h"
#include "events/position.h"
#include "events/seal/keyring.h"
#include "events/values/result.h"
#include "projections/store/view_store.h"
#include "query/access.h"
#include "query/change_actor.h"

namespace contacts::query {

inline constexpr size_t kMostOfAHistory = 1u << 20;

struct HistoryChange {
  Sequence sequence;
  Maybe<int64_t> epoch;  // above 1
  Timestamp time;
  std::string type;  // of the event
  std::optional<ChangeActor> actor;
  std::optional<std::string> reason;
  std::optional<ContactPart> before;
  std::optional<ContactPart> after;
  std::optional<Sequence> previous;  // the record before it about the same contact

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("sequence", sequence), Field("epoch", epoch), Field("time", time), Field("type", type),
       Field("actor", actor), Field("reason", reason), Field("before", before),
       Field("after", after), Field("previous", previous));
  }
};

struct History {
  std::vector<HistoryChange> changes;
  std::optional<std::string> next;  // the position to go on after; nullopt: there is no more

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("changes", changes), Field("next", next));
  }
};

struct HistoryReading {
  std::string json;  // a History
  Position at;       // of the rows that it was read from
  std::optional<Sequence> parked;
};

// At most `limit` changes after record `after`, of a contact that the asker sees now; a page of
// more than kMostOfAHistory bytes ends there. `before` and `after` of a change hold the fields that
// it set. Of the record that made the contact, and of PastErased, `after` holds all fields and
// `before` is null. Both are null if the record changes no field (a legal hold, a disclosure), or
// if its data is erased.
//
// To an asker who does not see the whole tenant a state that it could not have seen is null, too,
// and records that change no field are left out. Of a change after which it does not see the
// contact it is told neither who made it and why, nor more fields than those that decide who sees a
// contact; `previous` is the change before it on the same page.
//
// kNotFound, kGone: as ReadContact. Throws StoreFailure.
Result<HistoryReading> ReadHistory(const ViewStore& views, seal::Keyring& keyring,
                                   const Asker& asker, ContactId id, Sequence after, size_t limit);

}  // namespace contacts::query
