// A blocking test client over a real socket. Every wait ends at a deadline that only a broken
// server reaches.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "tests/infra/http/answer_reader.h"

namespace contacts::http {

class Client {
 public:
  static constexpr int kPatienceMs = 60000;

  // `receive_buffer` 0: the system's choice. `source`: an address of 127.0.0.0/8 to come from.
  explicit Client(uint16_t port, int receive_buffer = 0, const char* source = nullptr)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int one = 1;
    setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (receive_buffer > 0) {
      setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    if (source != nullptr) {
      inet_pton(AF_INET, source, &address.sin_addr);
      if (::bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
        ::close(fd_);
        throw std::runtime_error("cannot come from that address");
      }
    }
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
      ::close(fd_);
      throw std::runtime_error("cannot connect");
    }
  }
  Client(Client&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), received_(std::move(other.received_)) {}
  Client& operator=(Client&&) = delete;
  ~Client() {
    if (fd_ >= 0) ::close(fd_);
  }

  // False: the server has gone.
  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
    return true;
  }

  // nullopt: the server closed first.
  std::optional<ReadAnswer> Answer(bool head_only = false) {
    for (;;) {
      if (auto answer = TakeAnswer(&received_, head_only)) return answer;
      if (!Receive()) return std::nullopt;
    }
  }

  // Reads until the server closes; true: it did, false: the deadline came first.
  bool WaitForEnd(int patience_ms = kPatienceMs) {
    while (Receive(patience_ms)) {
    }
    return ended_;
  }

  // Reads until `text` has come; false: the server closed first, or the deadline came.
  bool WaitFor(std::string_view text) {
    while (received_.find(text) == std::string::npos) {
      if (!Receive()) return false;
    }
    return true;
  }
  // Reads what there is, but not more than about `bytes`; returns how much has come in all.
  size_t Read(size_t bytes) {
    for (const size_t most = received_.size() + bytes; received_.size() < most && Receive();) {
    }
    return received_.size();
  }
  // Removes and returns what has come.
  std::string Take() { return std::exchange(received_, {}); }

  void EndWriting() { ::shutdown(fd_, SHUT_WR); }

  // Closing sends a reset instead of an orderly end.
  void ResetOnClose() {
    const linger reset{1, 0};
    setsockopt(fd_, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  }

  const std::string& received() const { return received_; }
  bool HasReceived(const std::string& part) const {
    return received().find(part) != std::string::npos;
  }
  // The server's end was a reset.
  bool was_reset() const { return was_reset_; }
  int fd() const { return fd_; }

 private:
  bool Receive(int patience_ms = kPatienceMs) {
    pollfd wait{fd_, POLLIN, 0};
    if (::poll(&wait, 1, patience_ms) <= 0) return false;
    char buffer[65536];
    const ssize_t count = ::recv(fd_, buffer, sizeof buffer, 0);
    if (count <= 0) {
      ended_ = true;
      was_reset_ = count < 0 && errno == ECONNRESET;
      return false;
    }
    received_.append(buffer, static_cast<size_t>(count));
    return true;
  }

  int fd_;
  bool ended_ = false;
  bool was_reset_ = false;
  std::string received_;
};

// `more`: head lines, each with its end.
inline std::string Get(std::string_view path, std::string_view more = "") {
  return "GET " + std::string(path) + " HTTP/1.1\r\nHost: a\r\n" + std::string(more) + "\r\n";
}

}  // namespace contacts::http
