// Internet addresses as text, and the proxies whose headers are believed.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "infra/http/message.h"

namespace contacts::http {

// An IPv4 address is kept as ::ffff:a.b.c.d, so that both versions compare alike.
struct IpAddress {
  std::array<uint8_t, 16> bytes;
  bool is_v4() const;
  // IPv4 as a.b.c.d. ReadAddress returns the same address for this text.
  std::string Text() const;
  bool operator==(const IpAddress&) const = default;
};

// "192.0.2.1" and "[2001:db8::1]", both also with ":port", and "2001:db8::1"; else nullopt.
std::optional<IpAddress> ReadAddress(std::string_view text);

// "host:port" or "[v6]:port" of --listen; throws std::runtime_error that names the text.
struct ListenAddress {
  std::string host;  // without brackets
  uint16_t port;
};
ListenAddress ReadListenAddress(std::string_view text);

class TrustedProxies {
 public:
  // Addresses and CIDR blocks; throws std::runtime_error that names the bad one.
  explicit TrustedProxies(const std::vector<std::string>& entries);

  bool Contains(const IpAddress& address) const;

  // `request` has the connection's own address as its client_address. If that is a trusted proxy,
  // sets client_address, secure and host from X-Forwarded-For (the last address that is not a
  // trusted proxy), -Proto and -Host (the last value: the one that this proxy wrote).
  void Apply(const IpAddress& peer, Request* request) const;

 private:
  struct Block {
    IpAddress base;
    unsigned bits;
  };
  std::vector<Block> blocks_;
};

}  // namespace contacts::http
