#include "query/list/changed_contacts.h"

#include <string>

#include "events/record.h"
#include "projections/registry.h"

namespace contacts::query {
namespace {

// Decoding a record costs as much as rendering so many times its bytes.
constexpr size_t kDecodingIsDearer = 6;

// One line an event, so that a new one cannot be forgotten: it would not compile.
struct ChangedBy {
  using Id = std::optional<ContactId>;
  Id operator()(const ContactCreated& event) const { return event.id; }
  Id operator()(const UserAdded&) const { return std::nullopt; }
  Id operator()(const UserChanged&) const { return std::nullopt; }
  Id operator()(const PasswordSet&) const { return std::nullopt; }
  Id operator()(const SessionsEnded&) const { return std::nullopt; }
  Id operator()(const InvitationIssued&) const { return std::nullopt; }
  Id operator()(const TokenIssued&) const { return std::nullopt; }
  Id operator()(const TokenRevoked&) const { return std::nullopt; }
  Id operator()(const TenantLimited&) const { return std::nullopt; }
  Id operator()(const CommandRefused&) const { return std::nullopt; }
  Id operator()(const NothingChanged&) const { return std::nullopt; }
  Id operator()(const ChainDisowned&) const { return std::nullopt; }
};

}  // namespace

std::optional<std::vector<ContactId>> ChangedContacts(const ViewReader& views,
                                                      const TenantId& tenant, Sequence after,
                                                      Sequence last, int64_t most,
                                                      ByteBudget* budget) {
  if (last.value - after.value > most) return std::nullopt;
  const Registry registry(views);
  std::vector<ContactId> changed;
  for (Sequence at = Next(after); at <= last; at = Next(at)) {
    const std::optional<std::string> bytes = registry.RecordAt(tenant, at);
    if (!bytes || !budget->Take(kDecodingIsDearer * bytes->size())) return std::nullopt;
    const Result<Record> record = DecodeRecord(*bytes);
    if (!record) return std::nullopt;
    if (const auto id = std::visit(ChangedBy{}, record->event)) changed.push_back(*id);
  }
  return changed;
}

}  // namespace contacts::query
