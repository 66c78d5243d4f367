// Identifiers and positions. Each is a distinct type, so that none can be passed for another.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace contacts {

template <class Rep, class Tag>
struct Strong {
  using rep = Rep;
  Rep value{};
  auto operator<=>(const Strong&) const = default;
};

using TenantId = Strong<std::string, struct TenantTag>;
using ContactId = Strong<int64_t, struct ContactTag>;  // from 1 in each tenant
using UserId = Strong<std::string, struct UserTag>;  // opaque text; this service gives "1", "2", …

// Position in one tenant's history: 1 for the first record; 0: before it. Shown to users.
using Sequence = Strong<int64_t, struct SequenceTag>;

// Place of an entry in one partition of the log: from 0. Never shown to users.
using Offset = Strong<int64_t, struct OffsetTag>;

// Names one run of one writer in the ids of its records; 0: unknown. Only turns depend on it.
using WriterTag = Strong<uint32_t, struct WriterTagTag>;

inline Sequence Next(Sequence s) { return Sequence{s.value + 1}; }

// `[A-Za-z0-9][A-Za-z0-9._-]{0,63}`, case counts.
bool IsTenantId(std::string_view text);

}  // namespace contacts
