// Sessions that were found a moment ago, so that the requests of one page ask the store once.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "infra/base/lru.h"
#include "infra/identity/session_json.h"
#include "infra/identity/session_options.h"

namespace contacts {

// One thread.
class SessionCache {
 public:
  using Clock = std::chrono::steady_clock;

  // Keeps at most `most` sessions; the oldest make room.
  explicit SessionCache(size_t most) : most_(most), entries_(most) {}

  // nullopt: it is not here, or its time is over. A use that counts finds only what such a use has
  // put here, so that it is counted.
  std::optional<StoredSession> Find(const std::string& sid, Clock::time_point now,
                                    SessionUse use = SessionUse::kCounts);
  void Put(const std::string& sid, StoredSession session, Clock::time_point until,
           SessionUse use = SessionUse::kCounts);
  void Erase(const std::string& sid) { entries_.Erase(sid); }
  void Clear() {
    while (entries_.size() > 0) entries_.DropOldest();
  }
  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    StoredSession session;
    Clock::time_point until;
    SessionUse use;
  };

  const size_t most_;
  Lru<Entry> entries_;
};

}  // namespace contacts
