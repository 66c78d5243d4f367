#include "infra/http/socket_wire.h"

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>

namespace contacts::http {

ssize_t SocketWire::Write(const iovec* parts, int count) {
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(parts);
  message.msg_iovlen = static_cast<size_t>(count);
  ssize_t sent = 0;
  do {
    sent = ::sendmsg(fd_, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return 0;
  return sent;
}

void SocketWire::EndWriting() { ::shutdown(fd_, SHUT_WR); }

void SocketWire::Shut() { ::shutdown(fd_, SHUT_RDWR); }

void SocketWire::Abort() {
  const linger reset{1, 0};  // frees the bytes that a client which reads nothing would pin
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  ::shutdown(fd_, SHUT_RDWR);
}

size_t SocketWire::Untaken() const {
  int bytes = 0;
  return ::ioctl(fd_, SIOCOUTQ, &bytes) == 0 && bytes > 0 ? static_cast<size_t>(bytes) : 0;
}

}  // namespace contacts::http
