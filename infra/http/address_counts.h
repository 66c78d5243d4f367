// How many connections each address has.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>

#include "infra/http/address.h"

namespace contacts::http {

// IPv6 is counted by /64, which is what one customer gets. Any thread. An address without
// connections takes no memory.
class AddressCounts {
 public:
  // One more; returns how many there are now.
  size_t Add(const IpAddress& address);
  // One that was added has ended.
  void Remove(const IpAddress& address);
  // The addresses that have connections.
  size_t size() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::array<uint8_t, 16>, size_t> counts_;
};

}  // namespace contacts::http
