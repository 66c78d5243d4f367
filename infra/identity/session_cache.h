// Sessions that were found a moment ago, so that the requests of one page ask the store once.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "infra/base/lru.h"
#include "infra/identity/session_json.h"

namespace contacts {

// One thread.
class SessionCache {
 public:
  using Clock = std::chrono::steady_clock;

  // Keeps at most `most` sessions; the oldest make room.
  explicit SessionCache(size_t most) : most_(most), entries_(most) {}

  // nullopt: it is not here, or its time is over.
  std::optional<StoredSession> Find(const std::string& sid, Clock::time_point now);
  void Put(const std::string& sid, StoredSession session, Clock::time_point until);
  void Erase(const std::string& sid) { entries_.Erase(sid); }
  size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    StoredSession session;
    Clock::time_point until;
  };

  const size_t most_;
  Lru<Entry> entries_;
};

}  // namespace contacts
