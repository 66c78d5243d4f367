// What the check of a session gave, as long as nothing that it looked at has changed: the requests
// of one client then cost one look-up instead of a signature, a hash and three rows.
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
  // `views` must outlive it. About `most` are kept.
  CheckedSessions(const ViewStore& views, size_t most) : views_(views), most_(most) {}

  // What the same cookies gave; nullptr: they must be checked, perhaps again.
  std::shared_ptr<const Session> Find(const std::vector<std::string_view>& cookies, Timestamp now);

  // Sessions ended so far. A check asks for it before it reads anything.
  uint64_t ends() const { return ends_; }
  // To be told when a session has been ended in the store, before anybody else is told.
  void SessionEnded() { ++ends_; }
  // Nothing that was remembered, or is being checked, counts any more.
  void AllChanged() { ++ends_; }

  // `ends` and `version` (of the session's tenant, ViewStore) from before the check read what it
  // depends on. Counts until `until`, exclusive.
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
        checked;  // by the whole header
  };
  Shelf& ShelfOf(std::string_view header) { return shelves_[HashOfText()(header) % kShelves]; }

  static constexpr size_t kShelves = 16;
  const ViewStore& views_;
  const size_t most_;
  std::atomic<uint64_t> ends_{0};
  std::array<Shelf, kShelves> shelves_;
};

}  // namespace contacts
