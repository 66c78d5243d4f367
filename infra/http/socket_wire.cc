#include "infra/http/socket_wire.h"

#include <linux/sockios.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
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
  ResetOnClose();  // frees the bytes that a client which reads nothing would pin
  ::shutdown(fd_, SHUT_RDWR);
}

void SocketWire::ResetOnClose() {
  const linger reset{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
}

void SocketWire::KeepUnsent(size_t bytes) {
  const auto count = static_cast<int>(bytes);
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &count, sizeof count);
}

size_t SocketWire::Untaken() const {
  int bytes = 0;
  return ::ioctl(fd_, SIOCOUTQ, &bytes) == 0 && bytes > 0 ? static_cast<size_t>(bytes) : 0;
}

}  // namespace contacts::http
