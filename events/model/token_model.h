// A machine's token as the history of its tenant makes it.
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
  bool revoked = false;  // kept, so that it can be listed

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

// The id of the token that the event is about; nullopt: it is about none.
std::optional<Subject<std::string>> TokenIn(const Event& event);

// The token after the record; nullopt: there is none. `before`: the token that TokenIn names,
// before the record. A record that is about no token changes nothing, and one about a token that
// never was makes none.
std::optional<TokenModel> Evolve(std::optional<TokenModel> before, const Record& record);

inline const std::string& IdOf(const TokenModel& token) { return token.token_id; }
// Its name, as long as it is live.
std::optional<std::string> TakenName(const TokenModel& token);

}  // namespace contacts
