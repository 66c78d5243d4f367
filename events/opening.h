// The opening record: the first entry of each partition, which fixes the log's identity. Each start
// of an instance appends one more, as a probe of clock, rights and write path.
//
// clang-format off
//   key   $log (no tenant can be called so)
//   value {"specversion":"1.0","id":…,"source":"/contacts","type":"LogOpened","time":…,
//          "datacontenttype":"application/json",
//          "data":{"logId":"<uuid>","partition":0,"partitions":12,"format":2,"epoch":3}}
//
// The first entry that opens the log counts, so readers in every language must agree on which entry
// does: one JSON object as events/history.h has it, nothing around it, under the key `$log`, with
//   "type"  "LogOpened"
//   "data"  an object with "logId", a string that is not empty and has no surrogate without its
//           pair, and "partition", "partitions", "format", integers without fraction or exponent;
//           0 <= partition < partitions < 2^31; and "epoch", which may be left out, such an integer
//           with 1 <= epoch < 2^31
// `format` is 2, and `partition` is that of the entry (the caller checks this). Names and strings
// are compared decoded; readers ignore all other members.
//
// `epoch` counts how often an older copy of the log was put in its place: 1, and left out, until the
// first time. The first opening record of a higher epoch, in an open partition of the same log,
// begins that epoch: what a tenant's history held beyond its head there is lost, and positions of
// it are refused (events/position.h). It plays no part in the rule of history.
//
// Records of format 1 hold personal data in plain text, so they could never be erased; no build
// reads them any more.
// clang-format on
#pragma once

#include <string>
#include <string_view>

#include "events/values/field.h"
#include "events/values/result.h"

namespace contacts {

inline constexpr std::string_view kOpeningKey = "$log";
inline constexpr int64_t kLogFormat = 2;
inline constexpr int64_t kFirstEpoch = 1;
inline constexpr int64_t kMostEpoch = 0x7fffffff;

struct Opening {
  std::string log_id;
  int64_t partition = 0;
  int64_t partitions = 1;
  int64_t format = kLogFormat;
  Maybe<int64_t> epoch = {};  // empty: kFirstEpoch, which is never written

  bool operator==(const Opening&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("logId", log_id), Field("partition", partition), Field("partitions", partitions),
       Field("format", format), Field("epoch", epoch));
  }
};

inline int64_t EpochOf(const Opening& opening) { return opening.epoch.value_or(kFirstEpoch); }
// The member `epoch` of an opening record of this epoch.
inline Maybe<int64_t> WrittenEpoch(int64_t epoch) {
  return epoch > kFirstEpoch ? Maybe<int64_t>(epoch) : Maybe<int64_t>();
}

// `id` is the id of this entry (a UUID).
std::string EncodeOpening(const Opening& opening, const std::string& id, Timestamp time);
// The error's code is kUnavailable for another format (the message says what to do), kBadRequest
// for an entry that does not open the log.
Result<Opening> DecodeOpening(std::string_view key, std::string_view value);

}  // namespace contacts
