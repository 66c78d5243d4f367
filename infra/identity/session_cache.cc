#include "infra/identity/session_cache.h"

#include <utility>

namespace contacts {

std::optional<StoredSession> SessionCache::Find(const std::string& sid, Clock::time_point now,
                                                SessionUse use) {
  const Entry* entry = entries_.Find(sid);
  if (entry == nullptr || (use == SessionUse::kCounts && entry->use != use)) return std::nullopt;
  if (now < entry->until) return entry->session;
  Erase(sid);
  return std::nullopt;
}

void SessionCache::Put(const std::string& sid, StoredSession session, Clock::time_point until,
                       SessionUse use) {
  if (most_ > 0) entries_.Touch(sid) = {std::move(session), until, use};
}

}  // namespace contacts
