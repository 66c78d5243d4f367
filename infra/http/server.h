// The front: Pistache listens, runs the event loops and the threads; connections, parsing, limits
// and answers are ours. infra/http/README.md draws the life of a connection.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "infra/http/router.h"

namespace contacts::http {

struct ServerOptions {
  std::string listen = "127.0.0.1:8080";  // host:port or [v6]:port; port 0 takes a free one
  int threads = 2;
  size_t max_connections = 10000;
  size_t max_head_bytes = 16 * 1024;         // 431, a longer request target alone 414
  size_t max_body_bytes = 256 * 1024;        // 413
  size_t max_unanswered_bytes = 256u << 20;  // bodies of all requests that wait for an answer; 503
  size_t max_pipelined = 32;  // requests under way on one connection; then reading stops
  std::chrono::milliseconds head_timeout{10000};    // 408
  std::chrono::milliseconds body_timeout{30000};    // 408
  std::chrono::milliseconds idle_timeout{75000};    // closed without a word
  std::chrono::milliseconds answer_timeout{60000};  // the handler's time; then 503
  std::chrono::milliseconds write_timeout{30000};   // without progress, then closed
  std::vector<std::string> trusted_proxies;         // addresses or CIDR whose X-Forwarded-* counts
  bool access_log = true;
  // Told of each answer, for metrics; any thread, must not block. The path is without the query;
  // empty when the request could not be read.
  std::function<void(std::string_view method, std::string_view path, int status,
                     std::chrono::nanoseconds took)>
      answered = {};
};

class Server {
 public:
  // Binds at once; throws std::runtime_error that names the address and the cause.
  Server(ServerOptions options, Router router);
  ~Server();  // as Drain(0 ms)

  uint16_t port() const;
  // Accepts nothing more, answers what is in flight until the deadline, closes. True: all answered.
  bool Drain(std::chrono::milliseconds deadline);

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace contacts::http
