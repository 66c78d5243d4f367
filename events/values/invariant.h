// A condition that must hold at a place of the code, whatever the log, the disk or a client says.
// It is checked in release builds, too: a broken invariant is a fault of this program, and going on
// could write a second history or give out wrong answers. What was answered is on disk, so a
// restart loses nothing.
#pragma once

#include <atomic>
#include <cstdio>
#include <cstdlib>

namespace contacts {

// Called on the thread that broke it, before the process aborts; nullptr: nothing is.
inline std::atomic<void (*)()> before_abort{nullptr};

// Says it on stderr and aborts, so that a core dump, where one is allowed, has the state.
[[noreturn]] inline void InvariantBroken(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "contacts: invariant broken at %s:%d: %s\n", file, line, condition);
  if (auto* const call = before_abort.load()) call();
  std::abort();
}

}  // namespace contacts

// `condition` must cost next to nothing: it stands on the path of each command and each entry.
#define CONTACTS_INVARIANT(condition) \
  ((condition) ? void() : ::contacts::InvariantBroken(#condition, __FILE__, __LINE__))
