#include "projections/views/token_view.h"

#include "projections/store/keys.h"

namespace contacts {

void ApplyToTokens(const Record& record, const TokenIssued& event, TenantRow*, Round* round) {
  const TenantId& tenant = record.envelope.tenant;
  round->Write(View::kTokens, keys::Token(tenant, event.token_id),
               TokenRow{event.token_id, event.name, event.scope, event.expires, event.hash, false});
  round->Put(View::kTokenNames, keys::TokenName(tenant, event.name), event.token_id);
}

// The name is free again.
void ApplyToTokens(const Record& record, const TokenRevoked& event, TenantRow*, Round* round) {
  const TenantId& tenant = record.envelope.tenant;
  const std::string key = keys::Token(tenant, event.token_id);
  std::optional<TokenRow> token = round->Read<TokenRow>(View::kTokens, key);
  if (!token) return;
  token->revoked = true;
  round->Write(View::kTokens, key, *token);
  round->Erase(View::kTokenNames, keys::TokenName(tenant, token->name));
}

}  // namespace contacts
