#include "projections/views/token_view.h"

#include <utility>

#include "projections/store/keys.h"
#include "projections/store/rows.h"

namespace contacts {
namespace {

class TokenView {
 public:
  TokenView(const Record& record, Round* round) : record_(record), round_(*round) {}

  template <OneOf<TokenIssued, TokenRevoked> E>
  void operator()(const E&) const {
    const auto token = TokenIn(record_.event);
    if (!token) return;
    std::optional<TokenModel> before;
    if (!token->begins) {
      before = round_.Read<TokenRow>(View::kTokens, keys::Token(tenant_, token->id));
    }
    Show(before, Evolve(before, record_));
  }
  template <SaysNothingOfTokens E>
  void operator()(const E&) const {}

 private:
  void Show(const std::optional<TokenModel>& before, std::optional<TokenModel> after) const {
    if (!after) return;  // the token never existed
    const std::string id = after->token_id;
    const NameChange name = NameChangeOf(before, after);
    if (name.freed) round_.Erase(View::kTokenNames, keys::TokenName(tenant_, *name.freed));
    if (name.taken) round_.Put(View::kTokenNames, keys::TokenName(tenant_, *name.taken), id);
    round_.Write(View::kTokens, keys::Token(tenant_, id), TokenRow{*std::move(after)});
  }

  const Record& record_;
  const TenantId& tenant_ = record_.envelope.tenant;
  Round& round_;
};

}  // namespace

void ApplyToTokens(const Record& record, Round* round) {
  std::visit(TokenView(record, round), record.event);
}

}  // namespace contacts
