// The sockets that a server listens on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace contacts::http {

// One socket; for `localhost` two with one port, 127.0.0.1 and ::1, if the machine has ::1. Another
// name with both IPv4 and IPv6 means its IPv4 address. They do not block; the caller closes them.
// Throws std::runtime_error that names the address and the cause.
std::vector<int> ListenOn(const std::string& where);

// The port of a bound socket; 0: it is not bound.
uint16_t PortOf(int fd);

}  // namespace contacts::http
