// The opening record: the first entry of each partition, which fixes the log's identity. Each start
// of an instance appends one more, as a probe of clock, rights and write path.
//
//   key   $log (no tenant can be called so)
//   value {"specversion":"1.0","id":…,"source":"/contacts","type":"LogOpened","time":…,
//          "datacontenttype":"application/json",
//          "data":{"logId":"<uuid>","partition":0,"partitions":12,"format":1}}
#pragma once

#include <string>
#include <string_view>

#include "events/field.h"
#include "events/result.h"

namespace contacts {

inline constexpr std::string_view kOpeningKey = "$log";
inline constexpr int64_t kLogFormat = 1;

struct Opening {
  std::string log_id;
  int64_t partition = 0;
  int64_t partitions = 1;
  int64_t format = kLogFormat;

  bool operator==(const Opening&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("logId", log_id), Field("partition", partition), Field("partitions", partitions),
       Field("format", format));
  }
};

// `id` is the entry's own (a UUID).
std::string EncodeOpening(const Opening& opening, const std::string& id, Timestamp time);
Result<Opening> DecodeOpening(std::string_view key, std::string_view value);

}  // namespace contacts
