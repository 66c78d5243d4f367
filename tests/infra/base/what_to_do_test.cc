#include "infra/base/what_to_do.h"

#include <gtest/gtest.h>

#include <string>

namespace contacts::testing {
namespace {

struct Advice {
  std::string_view part;
  const char* why;
  const char* next;  // words of the advice
};

std::string NextFor(const Advice& advice) {
  return WhatToDo(advice.part, advice.why, "/var/lib/contacts");
}

// The status of a directory whose topic was cut said "Run contacts rebuild", which accepts the
// loss.
TEST(WhatToDo, ALogThatWasCutIsBroughtBackBeforeAnythingIsMadeFromIt) {
  const Advice advices[] = {
      {kStartPart,
       "partition 0 of events holds another entry at 7 than was read there: it was cut, restored "
       "or "
       "made anew. Bring the right log back; or, if this log is right, remove the read models and "
       "start again",
       "Bring the log back as it was"},
      {kStartPart,
       "partition 0 of events belongs to the log a now, not to b: the topic was made anew. Bring "
       "the right log back; or, if this log is right, remove the read models and start again",
       "Bring the log back as it was"},
      {kStartPart,
       "the topic events is gone from the cluster: it was deleted. Restore it from a backup of the "
       "brokers, or remove the read models and start again with a new history",
       "Bring the topic back from a backup"},
      {kStartPart,
       "the read models in /var/lib/contacts/views are of an earlier build: stop contacts, run "
       "contacts rebuild; the read models are then made anew from the log",
       "Run `contacts rebuild`"},
      {"partitions",
       "partition 0 of events ends at 3, before what was read of it: it was cut, restored or made "
       "anew. Bring the right log back; or, if this log is right, remove the read models",
       "Bring the topic back from a backup"},
  };
  for (const Advice& advice : advices) {
    EXPECT_NE(NextFor(advice).find(advice.next), std::string::npos)
        << advice.why << "\n  says: " << NextFor(advice);
  }
}

TEST(WhatToDo, NamesTheDirectory) {
  EXPECT_EQ(NextFor({"disk", "The disk of /var/lib/contacts/log is nearly full", ""}),
            "Free room on the disk of /var/lib/contacts.");
}

}  // namespace
}  // namespace contacts::testing
