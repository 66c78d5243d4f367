// The rows of the embedded log.
//
//   "m"                                              → LogIdentity (events/rows/row_archive.h)
//   "r"                                              → epoch(8) (events/opening.h); absent: 1
//   "e" partition(4) offset(8)                       → seal(16) appended(8) key-size(4) key value
//   "n" partition(4)                                 → offset(8) after the last entry
//
// Integers are big-endian. seal: the first 16 bytes of SHA-256(log id, row key, the bytes after the
// seal), so that a flipped byte, a row in another's place and a row of another log are noticed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "events/event_log.h"
#include "events/values/field.h"

namespace contacts::embedded {

inline constexpr int64_t kDirectoryFormat = 2;  // format 1 held personal data in plain text

struct LogIdentity {
  static constexpr int kRowVersion = 1;
  int64_t format = kDirectoryFormat;
  std::string log_id;
  int64_t partitions = 1;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("format", format), Field("logId", log_id), Field("partitions", partitions));
  }
};

inline constexpr std::string_view kIdentityKey = "m";
inline constexpr std::string_view kEpochKey = "r";

std::string EntryKey(int partition, Offset offset);
// Nullopt: not the key of an entry of this partition.
std::optional<Offset> OffsetOfKey(int partition, std::string_view row_key);
std::string EncodeEntry(std::string_view log_id, int partition, const LogEntry& entry);
// Nullopt: these are not the bytes that were written under this key of this log.
std::optional<LogEntry> DecodeEntry(std::string_view log_id, int partition, Offset offset,
                                    std::string_view row);

std::string EncodeEpoch(int64_t epoch);
std::optional<int64_t> DecodeEpoch(std::string_view row);

std::string EndKey(int partition);
std::string EncodeEnd(Offset end);
std::optional<Offset> DecodeEnd(std::string_view row);

}  // namespace contacts::embedded
