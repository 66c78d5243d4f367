// How many connections each address has.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>

#include "infra/http/address.h"

namespace contacts::http {

// IPv6 addresses of one /64 count together, because one customer gets a /64. Any thread. An address
// without connections takes no memory.
class AddressCounts {
 public:
  // Counts a new connection; returns how many the address has now.
  size_t Add(const IpAddress& address);
  // Uncounts a connection that was added and has ended.
  void Remove(const IpAddress& address);
  // How many addresses have connections.
  size_t size() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::array<uint8_t, 16>, size_t> counts_;
};

}  // namespace contacts::http
