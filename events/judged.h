// What became of an entry of the log by the rule of history.
#pragma once

#include "events/values/hash.h"
#include "events/values/ids.h"

namespace contacts {

struct Judged {
  enum class Verdict {
    kHistory,
    kSuperseded,
    kForeign,  // cannot be history whatever came before: no record of ours
    kOpening,
  };
  Verdict verdict = Verdict::kForeign;
  Offset offset;
  TenantId tenant;  // of history and superseded, as all below
  Sequence sequence;
  Hash hash;  // SHA-256 of the entry's value
  Hash previous;
  WriterTag writer;
  bool operator==(const Judged&) const = default;
};

}  // namespace contacts
