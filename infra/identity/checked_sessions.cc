#include "infra/identity/checked_sessions.h"

#include <utility>

namespace contacts {
namespace {

// Longer headers hold more than a session, and would let one client fill the memory.
constexpr size_t kLongestHeader = 1024;

bool IsKept(const std::vector<std::string_view>& cookies) {
  return cookies.size() == 1 && cookies.front().size() <= kLongestHeader;
}

}  // namespace

std::shared_ptr<const Session> CheckedSessions::Find(const std::vector<std::string_view>& cookies,
                                                     Timestamp now) {
  if (!IsKept(cookies)) return nullptr;
  std::shared_ptr<const Checked> checked;
  {
    Shelf& shelf = ShelfOf(cookies.front());
    const std::lock_guard lock(shelf.mutex);
    const auto found = shelf.checked.find(cookies.front());
    if (found == shelf.checked.end()) return nullptr;
    checked = found->second;
  }
  if (!(now < checked->until) || checked->ends != ends_ ||
      views_.VersionStamp(checked->session.tenant) != checked->version) {
    return nullptr;
  }
  const Session* session = &checked->session;
  return {std::move(checked), session};
}

void CheckedSessions::Remember(const std::vector<std::string_view>& cookies, Session session,
                               uint64_t ends, std::optional<uint64_t> version, Timestamp until) {
  if (!IsKept(cookies) || !version) return;
  auto checked =
      std::make_shared<const Checked>(Checked{std::move(session), ends, *version, until});
  Shelf& shelf = ShelfOf(cookies.front());
  const std::lock_guard lock(shelf.mutex);
  // A full shelf is cleared; the next request of a session puts it back.
  if (shelf.checked.size() >= most_ / kShelves) shelf.checked.clear();
  shelf.checked.insert_or_assign(std::string(cookies.front()), std::move(checked));
}

void CheckedSessions::Clear() {
  AllChanged();
  for (Shelf& shelf : shelves_) {
    const std::lock_guard lock(shelf.mutex);
    shelf.checked.clear();
  }
}

}  // namespace contacts
