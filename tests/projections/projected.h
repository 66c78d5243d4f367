// Projects a log in several ways, whose results must agree.
#pragma once

#include <gtest/gtest.h>

#include <sstream>
#include <string>

#include "projections/projector.h"
#include "projections/store/describe.h"
#include "tests/support/keys.h"
#include "tests/support/log_script.h"
#include "tests/support/memory_view_store.h"

namespace contacts::testing {

// Takes `writes_left` writes, then the power is cut.
class FailingStore : public MemoryViewStore {
 public:
  void Commit(const ViewBatch& batch) override {
    if (writes_left-- == 0) throw StoreFailure("power cut");
    MemoryViewStore::Commit(batch);
  }
  int writes_left = -1;  // no cut
};

inline std::vector<Judged> ApplyAll(ViewStore& views, const std::vector<LogEntry>& entries) {
  return Projector(views, TestKeys(), 0, 1).Apply(entries);
}

inline void ApplyOneByOne(ViewStore& views, const std::vector<LogEntry>& entries) {
  for (const LogEntry& entry : entries) {
    Projector projector(views, TestKeys(), 0, 1);
    ASSERT_EQ(projector.checkpoint().next, entry.offset);
    projector.Apply({entry});
  }
}

// The lines of Describe that start with `prefix`.
inline std::string Rows(const ViewReader& views, const std::string& prefix) {
  std::istringstream lines(Describe(views));
  std::string rows;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with(prefix)) rows += line + '\n';
  }
  return rows;
}

// Applies the log in one call, and checks that applying it entry by entry gives equal rows, and
// that the entries a second time, as a log may hold them, change nothing.
inline void Project(const LogScript& script, MemoryViewStore* views) {
  ApplyAll(*views, script.entries());
  MemoryViewStore rebuilt;
  ApplyOneByOne(rebuilt, script.entries());
  EXPECT_EQ(Describe(rebuilt), Describe(*views));

  LogScript twice = script;
  for (size_t i = 0; i < script.entries().size(); ++i) twice.Again(i);
  const std::vector<LogEntry> second(
      twice.entries().begin() + static_cast<std::ptrdiff_t>(script.entries().size()),
      twice.entries().end());
  const std::string before = Describe(rebuilt);
  ApplyAll(rebuilt, second);
  EXPECT_EQ(Digest(rebuilt), Digest(*views));
}

}  // namespace contacts::testing
