#include "tests/infra/api/client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <sstream>
#include <stdexcept>

namespace contacts::api {

std::string Received::Header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

Client::Client(uint16_t port) : socket_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const timeval limit{20, 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw std::runtime_error("the server does not take the connection");
  }
}

Client::~Client() {
  if (socket_ >= 0) close(socket_);
}

void Client::Write(const std::string& bytes) {
  for (size_t sent = 0; sent < bytes.size();) {
    const ssize_t n = send(socket_, bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
    if (n <= 0) throw std::runtime_error("the server closed");
    sent += static_cast<size_t>(n);
  }
}

void Client::ReadMore() {
  char room[65536];
  const ssize_t n = recv(socket_, room, sizeof room, 0);
  if (n <= 0) throw std::runtime_error("the server closed or does not answer");
  read_.append(room, static_cast<size_t>(n));
}

void Client::Begin(const std::string& method, const std::string& target,
                   const std::vector<http::Header>& headers, const std::string& body) {
  std::string request = method + " " + target + " HTTP/1.1\r\nHost: contacts.example\r\n";
  for (const http::Header& header : headers) request += header.name + ": " + header.value + "\r\n";
  if (!body.empty()) request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  Write(request + "\r\n" + body);
}

void Client::Reset() {
  const linger at_once{1, 0};
  setsockopt(socket_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  close(socket_);
  socket_ = -1;
}

Received Client::Send(const std::string& method, const std::string& target,
                      const std::vector<http::Header>& headers, const std::string& body) {
  Begin(method, target, headers, body);
  size_t end = 0;
  while ((end = read_.find("\r\n\r\n")) == std::string::npos) ReadMore();
  Received received;
  std::istringstream head(read_.substr(0, end));
  std::string line;
  std::getline(head, line);
  received.status = std::stoi(line.substr(9, 3));
  while (std::getline(head, line)) {
    if (line.ends_with('\r')) line.pop_back();
    const size_t colon = line.find(':');
    std::string name = line.substr(0, colon);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    received.headers[name] = line.substr(line.find_first_not_of(' ', colon + 1));
  }
  const std::string length = received.Header("content-length");
  const bool has_body = method != "HEAD" && received.status != 304 && !length.empty();
  const size_t size = has_body ? std::stoul(length) : 0;
  while (read_.size() < end + 4 + size) ReadMore();
  received.body = read_.substr(end + 4, size);
  read_.erase(0, end + 4 + size);
  return received;
}

}  // namespace contacts::api
