#include "infra/identity/session_cache.h"

#include <utility>

namespace contacts {

std::optional<StoredSession> SessionCache::Find(const std::string& sid, Clock::time_point now) {
  const auto found = entries_.find(sid);
  if (found == entries_.end()) return std::nullopt;
  if (now < found->second.until) return found->second.session;
  Erase(sid);
  return std::nullopt;
}

void SessionCache::Put(const std::string& sid, StoredSession session, Clock::time_point until) {
  Erase(sid);
  if (most_ == 0) return;
  if (entries_.size() == most_) Erase(std::string(ages_.front()));
  const auto age = ages_.insert(ages_.end(), sid);
  entries_.emplace(sid, Entry{std::move(session), until, age});
}

void SessionCache::Erase(const std::string& sid) {
  const auto found = entries_.find(sid);
  if (found == entries_.end()) return;
  ages_.erase(found->second.age);
  entries_.erase(found);
}

}  // namespace contacts
