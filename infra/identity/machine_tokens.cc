#include "infra/identity/machine_tokens.h"

#include "events/actor.h"
#include "events/values/unicode.h"
#include "infra/identity/carried_token.h"
#include "projections/view_lookup.h"

namespace contacts {

Result<Session> MachineTokens::Find(std::string_view token) const {
  if (const auto carried = ReadCarriedToken(kMachineToken, token)) {
    const auto row = ViewLookup(views_).TokenById(carried->tenant, carried->id);
    if (row && row->hash == carried->hash && !row->revoked &&
        (!row->expires || clock_() < *row->expires)) {
      return Session{carried->tenant,
                     UserId{actors::OfToken(row->token_id)},
                     row->name,
                     "token:" + std::string(NameOf(row->scope)),
                     std::nullopt,
                     "",
                     SessionOrigin::kToken};
    }
  }
  return Error{ErrorCode::kUnauthenticated,
               "The token is invalid, revoked or expired" +
                   unicode::CannotHold(token, unicode::IsVisibleAscii) + "."};
}

}  // namespace contacts
