// The state of a machine's token, and what each event does to it.
#pragma once

#include <optional>
#include <string>

#include "events/model/subject.h"
#include "events/record.h"
#include "events/token.h"

namespace contacts {

struct TokenModel {
  std::string token_id;
  std::string name;
  TokenScope scope = TokenScope::kRead;
  std::optional<Timestamp> expires;
  Hash hash;             // SHA-256 of the token
  bool revoked = false;  // a revoked token is kept, so that it can be listed

  bool operator==(const TokenModel&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("tokenId", token_id), Field("name", name), Field("scope", scope),
       Field("expires", expires), Field("hash", hash), Field("revoked", revoked));
  }
};

// The events that say nothing about a token.
template <class E>
concept SaysNothingOfTokens = !E::kAbout.token;

// The id of the token that the event is about; nullopt: it is not about a token.
std::optional<Subject<std::string>> TokenIn(const Event& event);

// The token after the record; nullopt: it does not exist. `before`: the token that TokenIn names,
// before the record. A record that is not about a token changes nothing, and TokenRevoked does not
// create a token that never existed.
std::optional<TokenModel> Evolve(std::optional<TokenModel> before, const Record& record);

inline const std::string& IdOf(const TokenModel& token) { return token.token_id; }
// The token's name; nullopt once it is revoked.
std::optional<std::string> TakenName(const TokenModel& token);

}  // namespace contacts
