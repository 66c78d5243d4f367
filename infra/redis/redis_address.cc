#include "infra/redis/redis_address.h"

#include <charconv>
#include <optional>

#include "events/values/ascii.h"

namespace contacts {
namespace {

constexpr int kMaxDatabase = 1'000'000;

Error Wrong(const std::string& what) {
  return {ErrorCode::kBadRequest, what + "; it is redis://[USER:PASSWORD@]HOST[:PORT][/DB]"};
}

// Removes the text up to `end` (or all) from `rest`, with the character at `end`, and returns it.
std::string_view Take(std::string_view* rest, size_t end) {
  const std::string_view taken = rest->substr(0, end);
  rest->remove_prefix(end == std::string_view::npos ? rest->size() : end + 1);
  return taken;
}

// The number in decimal digits, if it is from `least` to `most`.
std::optional<int> Number(std::string_view text, int least, int most) {
  int value = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, fault] = std::from_chars(text.data(), end, value);
  if (text.empty() || fault != std::errc() || rest != end || text[0] == '-') return std::nullopt;
  if (value < least || value > most) return std::nullopt;
  return value;
}

bool TakeUser(std::string_view text, RedisAddress* address) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  const auto user = PercentDecode(text.substr(0, colon));
  const auto password = PercentDecode(text.substr(colon + 1));
  if (!user || !password || password->empty()) return false;
  address->user = *user;
  address->password = *password;
  return true;
}

// HOST[:PORT]
std::optional<Error> TakeHost(std::string_view text, RedisAddress* address) {
  std::string_view port;
  bool has_port = false;
  if (text.substr(0, 1) == "[") {
    const size_t end = text.find(']');
    if (end == std::string_view::npos) return Wrong("the address's bracket is not closed");
    address->host = text.substr(1, end - 1);
    port = text.substr(end + 1);
    has_port = !port.empty();
    if (has_port && port[0] != ':')
      return Wrong("after the address's bracket only a port can come");
    if (has_port) port.remove_prefix(1);
  } else {
    const size_t colon = text.find(':');
    has_port = colon != std::string_view::npos;
    address->host = text.substr(0, colon);
    if (has_port) port = text.substr(colon + 1);
  }
  if (address->host.empty()) return Wrong("the host is missing");
  if (address->host.find_first_of(" @%\t\r\n") != std::string::npos)
    return Wrong("the host holds a character that is not allowed there");
  if (!has_port) return std::nullopt;
  const auto number = Number(port, 1, 65535);
  if (!number) return Wrong("the port is not a number from 1 to 65535");
  address->port = static_cast<uint16_t>(*number);
  return std::nullopt;
}

}  // namespace

Result<RedisAddress> ParseRedisAddress(std::string_view url) {
  RedisAddress address;
  const size_t scheme = url.find("://");
  const std::string_view name = url.substr(0, scheme);
  if (scheme == std::string_view::npos || (name != "redis" && name != "rediss")) {
    return Wrong("it does not begin with redis:// or rediss://");
  }
  address.tls = name == "rediss";
  url.remove_prefix(scheme + 3);
  if (url.find_first_of("?#") != std::string_view::npos) {
    return Wrong("'?' and '#' have no meaning in it");
  }
  // A password may hold '/' and '@' unencoded: the last '@' ends it.
  const size_t at = url.rfind('@');
  if (at != std::string_view::npos && !TakeUser(Take(&url, at), &address)) {
    return Wrong(
        "before '@' there is no USER:PASSWORD, or it is not percent-encoded as it must be");
  }
  const size_t slash = url.find('/');
  const std::string_view host = url.substr(0, slash);
  if (auto error = TakeHost(host, &address)) return *std::move(error);
  if (slash == std::string_view::npos || slash + 1 == url.size()) return address;
  const auto database = Number(url.substr(slash + 1), 0, kMaxDatabase);
  if (!database) return Wrong("the database is not a number");
  address.database = *database;
  return address;
}

std::string Shown(const RedisAddress& address) {
  const bool v6 = address.host.find(':') != std::string::npos;
  return (v6 ? "[" + address.host + "]" : address.host) + ":" + std::to_string(address.port);
}

}  // namespace contacts
