// Connections by TCP to servers that others run.
#pragma once

#include <netdb.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace contacts {

using ConnectDeadline = std::chrono::steady_clock::time_point;

struct FreeAddresses {
  void operator()(addrinfo* addresses) const { freeaddrinfo(addresses); }
};

// Milliseconds for poll(); 0 when the time is over.
int LeftUntil(ConnectDeadline deadline);

// A connected socket that does not block, or -1 and why.
int ConnectTo(const addrinfo& to, ConnectDeadline deadline, std::string* why);

struct HostPort {
  std::string host;  // a name, or an address without brackets
  uint16_t port = 0;
};
// "host:port", with brackets around an address of IPv6.
std::string Shown(const HostPort& server);

struct Reached {
  enum class State {
    kYes,
    kNoSuchName,  // whoever was asked for the name knows that there is none
    kNotNow,      // it may be reached later
  };
  State state = State::kNotNow;
  std::string why;  // of what is not kYes
};
// Connects to all of the servers at once and leaves again. Ends by the deadline, whatever hangs.
std::vector<Reached> TryToReach(const std::vector<HostPort>& servers, ConnectDeadline deadline);

}  // namespace contacts
