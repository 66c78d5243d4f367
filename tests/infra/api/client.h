// A plain HTTP/1.1 client for tests: one connection, one request after the other.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "infra/http/message.h"

namespace contacts::api {

struct Received {
  int status = 0;
  std::map<std::string, std::string> headers;  // names in lower case
  std::string body;

  std::string Header(const std::string& name) const;  // "": absent
};

// Throws std::runtime_error when the server closes or does not answer in 20 seconds.
class Client {
 public:
  explicit Client(uint16_t port);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  Received Send(const std::string& method, const std::string& target,
                const std::vector<http::Header>& headers = {}, const std::string& body = "");
  // Sends the request, and reads nothing.
  void Begin(const std::string& method, const std::string& target,
             const std::vector<http::Header>& headers = {}, const std::string& body = "");
  // From now on the destructor resets the connection.
  void Reset();

 private:
  void Write(const std::string& bytes);
  void ReadMore();

  int socket_;
  std::string read_;
};

}  // namespace contacts::api
