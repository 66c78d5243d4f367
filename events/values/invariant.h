// A condition that must hold at a place of the code, whatever the log, the disk or a client says.
// It is checked in release builds, too: a broken invariant is a fault of this program, and a
// process that goes on could write a second history or give wrong answers. All that was answered is
// on disk, so a restart loses nothing.
#pragma once

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace contacts {

// Called on the thread that broke the invariant, before the process aborts; nullptr: not called.
inline std::atomic<void (*)()> before_abort{nullptr};

// Prints the condition on stderr and aborts, so that a core dump, if enabled, has the state.
[[noreturn]] inline void InvariantBroken(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "contacts: invariant broken at %s:%d: %s\n", file, line, condition);
  if (auto* const call = before_abort.load()) call();
  std::abort();
}

}  // namespace contacts

// `condition` must be cheap: it is checked for each command and each entry.
#define CONTACTS_INVARIANT(condition) \
  ((condition) ? void() : ::contacts::InvariantBroken(#condition, __FILE__, __LINE__))
