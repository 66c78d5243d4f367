#include "events/model/token_model.h"

#include <utility>
#include <variant>

namespace contacts {
namespace {

struct TokenSubject {
  using Answer = std::optional<Subject<std::string>>;
  Answer operator()(const TokenIssued& event) const { return {{event.token_id, true}}; }
  Answer operator()(const TokenRevoked& event) const { return {{event.token_id}}; }
  template <SaysNothingOfTokens E>
  Answer operator()(const E&) const {
    return std::nullopt;
  }
};

struct TokenFold {
  std::optional<TokenModel> token;

  using After = std::optional<TokenModel>;
  After operator()(const TokenIssued& e) const {
    return TokenModel{e.token_id, e.name, e.scope, e.expires, e.hash, false};
  }
  After operator()(const TokenRevoked&) {
    if (token) token->revoked = true;
    return std::move(token);
  }
  template <SaysNothingOfTokens E>
  After operator()(const E&) {
    return std::move(token);
  }
};

}  // namespace

std::optional<Subject<std::string>> TokenIn(const Event& event) {
  return std::visit(TokenSubject{}, event);
}

std::optional<TokenModel> Evolve(std::optional<TokenModel> before, const Record& record) {
  return std::visit(TokenFold{std::move(before)}, record.event);
}

std::optional<std::string> TakenName(const TokenModel& token) {
  if (token.revoked) return std::nullopt;
  return token.name;
}

}  // namespace contacts
