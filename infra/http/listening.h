// The sockets that a server listens on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace contacts::http {

// One, or two of one port for `localhost`, which is 127.0.0.1 and, on a machine that has it, ::1.
// Another name that has IPv4 and IPv6 means its IPv4 address. They do not block; the caller closes
// them. Throws std::runtime_error that names the address and the cause.
std::vector<int> ListenOn(const std::string& where);

// The port of a socket that is bound; 0: it is not.
uint16_t PortOf(int fd);

}  // namespace contacts::http
