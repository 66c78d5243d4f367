#include "infra/http/listening.h"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <stdexcept>

#include "infra/base/errno_text.h"
#include "infra/http/address.h"

namespace contacts::http {
namespace {

constexpr int kBacklog = 1024;
// How often another port is tried when one that is free on 127.0.0.1 is taken on ::1.
constexpr int kTries = 20;

struct Bound {
  int fd = -1;
  int cause = 0;  // errno, when fd is -1
};

Bound Bind(const addrinfo& to) {
  const int fd = socket(to.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return {-1, errno};
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);  // accepted sockets inherit it
  if (bind(fd, to.ai_addr, to.ai_addrlen) == 0 && listen(fd, kBacklog) == 0) return {fd, 0};
  const int cause = errno;
  close(fd);
  return {-1, cause};
}

// `where` is for messages.
Bound BindTo(const std::string& host, uint16_t port, const std::string& where) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  const bool any = host.empty() || host == "*";
  if (any) hints.ai_family = AF_INET;
  addrinfo* found = nullptr;
  const int error =
      getaddrinfo(any ? nullptr : host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (error != 0) {
    throw std::runtime_error("cannot listen on " + where + ": " +
                             (error == EAI_SYSTEM ? ErrnoText(errno) : gai_strerror(error)));
  }
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> addresses(found, &freeaddrinfo);
  for (const addrinfo* next = found; next != nullptr; next = next->ai_next) {
    if (next->ai_family == AF_INET) return Bind(*next);
  }
  return Bind(*found);
}

}  // namespace

std::vector<int> ListenOn(const std::string& where) {
  const ListenAddress address = ReadListenAddress(where);
  const auto fail = [&where](int cause) {
    throw std::runtime_error("cannot listen on " + where + ": " + ErrnoText(cause));
  };
  const bool both = address.host == "localhost";
  for (int left = kTries;; --left) {
    const Bound first = BindTo(both ? "127.0.0.1" : address.host, address.port, where);
    if (first.fd < 0) fail(first.cause);
    if (!both) return {first.fd};
    const Bound second = BindTo("::1", PortOf(first.fd), where);
    if (second.fd >= 0) return {first.fd, second.fd};
    // A machine without IPv6 does not have ::1.
    if (second.cause == EADDRNOTAVAIL || second.cause == EAFNOSUPPORT) return {first.fd};
    close(first.fd);
    const bool another_port = address.port == 0 && second.cause == EADDRINUSE && left > 0;
    if (!another_port) fail(second.cause);
  }
}

uint16_t PortOf(int fd) {
  sockaddr_storage storage{};
  socklen_t size = sizeof storage;
  if (getsockname(fd, reinterpret_cast<sockaddr*>(&storage), &size) != 0) return 0;
  return ntohs(storage.ss_family == AF_INET6
                   ? reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port
                   : reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
}

}  // namespace contacts::http
