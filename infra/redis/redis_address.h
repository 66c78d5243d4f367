// Where a Redis server is and who we are there.
//
//   redis://[USER:PASSWORD@]HOST[:PORT][/DB]      rediss:// the same by TLS
//
// USER may be left out (":PASSWORD@": the default user). In USER and PASSWORD at least '%', '?' and
// '#' are percent-encoded, and ':' in USER; an IPv6 HOST is in brackets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "events/values/result.h"

namespace contacts {

struct RedisAddress {
  bool tls = false;
  std::string host;  // without brackets
  uint16_t port = 6379;
  int database = 0;
  std::string user;      // empty: the default user
  std::string password;  // empty: none is sent

  bool operator==(const RedisAddress&) const = default;
};

// kBadRequest says what is wrong, and repeats no part of a password.
Result<RedisAddress> ParseRedisAddress(std::string_view url);

// For logs: host:port, no password.
std::string Shown(const RedisAddress& address);

}  // namespace contacts
