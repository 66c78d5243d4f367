// TCP connections to other people's servers.
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

// Returns a connected, non-blocking socket, or -1 and sets `why`.
int ConnectTo(const addrinfo& to, ConnectDeadline deadline, std::string* why);

struct HostPort {
  std::string host;  // a name, or an address without brackets
  uint16_t port = 0;
};
// "host:port", with brackets around an IPv6 address.
std::string Shown(const HostPort& server);

struct Reached {
  enum class State {
    kYes,
    kNoSuchName,  // the name server says that the name does not exist
    kNotNow,      // it may be reached later
  };
  State state = State::kNotNow;
  std::string why;  // empty for kYes
};
// Connects to all servers in parallel and closes again. Returns by the deadline, whatever hangs.
std::vector<Reached> TryToReach(const std::vector<HostPort>& servers, ConnectDeadline deadline);

}  // namespace contacts
