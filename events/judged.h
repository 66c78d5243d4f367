// The verdict of the rule of history (events/history.h) on an entry of the log.
#pragma once

#include "events/values/hash.h"
#include "events/values/ids.h"

namespace contacts {

struct Judged {
  enum class Verdict {
    kHistory,
    kSuperseded,
    kForeign,  // cannot be history whatever came before: not a record of this log
    kOpening,
  };
  Verdict verdict = Verdict::kForeign;
  Offset offset;
  TenantId tenant;  // set for history and superseded entries, as all members below
  Sequence sequence;
  Hash hash;  // SHA-256 of the entry's value
  Hash previous;
  WriterTag writer;
  int64_t epoch = 0;  // of the partition; set for openings, and then alone
  bool operator==(const Judged&) const = default;
};

}  // namespace contacts
