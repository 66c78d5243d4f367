#include "events/seal/leaf.h"

#include <string>

#include "events/values/big_endian.h"
#include "events/values/hash.h"
#include "events/values/month.h"

namespace contacts::seal {
namespace {

constexpr int kKindShift = 62;
constexpr uint64_t kActors = uint64_t{1} << kKindShift;
constexpr uint64_t kMonths = uint64_t{2} << kKindShift;

}  // namespace

std::optional<Leaf> LeafOfContact(ContactId contact, int generation) {
  if (contact.value < 1 || contact.value > kMaxContact) return std::nullopt;
  if (generation < 0 || generation > kMaxGeneration) return std::nullopt;
  return Leaf{static_cast<uint64_t>(generation) << 48 | static_cast<uint64_t>(contact.value)};
}

Leaf LeafOfActor(std::string_view actor) {
  const Hash hash = Sha256(std::string("actor\0", 6) + std::string(actor));
  const std::string_view first(reinterpret_cast<const char*>(hash.bytes.data()), 8);
  return Leaf{kActors | FromBigEndian(first) >> 2};
}

Leaf LeafOfMonth(Timestamp time) { return Leaf{kMonths | static_cast<uint64_t>(MonthOf(time))}; }

}  // namespace contacts::seal
