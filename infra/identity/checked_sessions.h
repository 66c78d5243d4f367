// A cache of checked sessions, each valid as long as nothing that the check looked at has changed:
// a client's further requests cost one look-up instead of a signature, a hash and three rows.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "events/values/time.h"
#include "infra/identity/sessions.h"
#include "projections/store/view_store.h"

namespace contacts {

// Any thread.
class CheckedSessions {
 public:
  // `views` must outlive it. Keeps about `most` sessions.
  CheckedSessions(const ViewStore& views, size_t most) : views_(views), most_(most) {}

  // The session that the same cookies had; nullptr: they must be checked.
  std::shared_ptr<const Session> Find(const std::vector<std::string_view>& cookies, Timestamp now);

  // The number of sessions that have ended. A check must read it before anything else.
  uint64_t ends() const { return ends_; }
  // Call it after a session has been ended in the store, before the caller is answered.
  void SessionEnded() { ++ends_; }
  // Forgets all sessions, also those that are being checked.
  void AllChanged() { ++ends_; }
  // The same, and frees them.
  void Clear();

  // `ends` and `version` (the stamp of the session's tenant, ViewStore): as they were before the
  // check read anything else. The session counts until `until`, exclusive.
  void Remember(const std::vector<std::string_view>& cookies, Session session, uint64_t ends,
                std::optional<uint64_t> version, Timestamp until);

 private:
  struct Checked {
    Session session;
    uint64_t ends;
    uint64_t version;
    Timestamp until;
  };
  struct HashOfText {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  struct Shelf {
    std::mutex mutex;
    std::unordered_map<std::string, std::shared_ptr<const Checked>, HashOfText, std::equal_to<>>
        checked;  // key: the whole header
  };
  Shelf& ShelfOf(std::string_view header) { return shelves_[HashOfText()(header) % kShelves]; }

  static constexpr size_t kShelves = 16;
  const ViewStore& views_;
  const size_t most_;
  std::atomic<uint64_t> ends_{0};
  std::array<Shelf, kShelves> shelves_;
};

}  // namespace contacts
