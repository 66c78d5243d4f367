// One request's way back to its connection: what a Responder points at.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "infra/http/answer.h"
#include "infra/http/message.h"

namespace contacts::http {

class Connection;

// What is said of a request in the access log.
struct RequestSummary {
  std::string method;
  std::string path;  // without the query, which may name people
  std::string client_address;
  std::string traceparent;
  std::chrono::steady_clock::time_point started;
};

class Responder::Target {
 public:
  Target(std::shared_ptr<Connection> connection, uint64_t number);
  ~Target();
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  void Send(Response response);

 private:
  const std::shared_ptr<Connection> connection_;
  const uint64_t number_;
  std::atomic<bool> sent_{false};
};

}  // namespace contacts::http
