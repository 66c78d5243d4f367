// The front: Pistache runs the event loops and the threads; accepting, connections, parsing, limits
// and answers are ours. infra/http/README.md draws the life of a connection.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "infra/http/router.h"

namespace contacts::http {

struct ServerOptions {
  std::string listen = "127.0.0.1:8080";  // host:port or [v6]:port; port 0 takes a free one
  std::string name = "http";              // begins its threads' names
  int threads = 2;
  size_t max_connections = 10000;
  // For each IPv4 address or IPv6 /64 that is not a trusted proxy; further connections get 503.
  // nullopt: a quarter of max_connections; 0: no bound.
  std::optional<size_t> max_connections_per_address;
  size_t max_head_bytes = 16 * 1024;   // 431, a longer request target alone 414; see Tune
  size_t max_body_bytes = 256 * 1024;  // 413
  size_t max_held_bytes = 256u << 20;  // bodies that are read or that handlers hold; 503
  size_t max_pipelined = 32;           // requests under way on one connection; then reading stops
  std::chrono::milliseconds head_timeout{10000};    // 408
  std::chrono::milliseconds body_timeout{30000};    // 408
  std::chrono::milliseconds idle_timeout{75000};    // closed without an answer; see Tune
  std::chrono::milliseconds answer_timeout{60000};  // the handler's time; then 503
  std::chrono::milliseconds write_timeout{30000};   // without progress, then closed
  // Bytes a second. A client must take an answer within write_timeout plus its size at this rate;
  // 0: no bound. A line of 64 kbit/s, the slowest still sold, carries about as much. 4 MB are then
  // held for eight minutes at most, not for the two hours that small progress would allow.
  size_t min_read_rate = 8 * 1024;
  // Descriptors that connections leave to the rest of the process; half of all, if it has few.
  size_t spare_descriptors = 1024;
  // Addresses or CIDR whose X-Forwarded-* counts; see Tune.
  std::vector<std::string> trusted_proxies;
  bool access_log = true;  // see Tune
  // Called for each answer, for metrics, on any thread; must not block. `route` is the pattern that
  // the path fits, without the base; empty when it fits none or the request could not be read.
  std::function<void(std::string_view method, std::string_view route, int status,
                     std::chrono::nanoseconds took)>
      answered = {};
};

// What a server holds at this moment.
struct ServerCounts {
  size_t connections = 0;         // with those that are being turned away
  size_t requests_under_way = 0;  // not answered whole, or held by their handler
  size_t request_bytes = 0;       // of bodies that are being read or that handlers hold
  size_t unsent_bytes = 0;        // of answers that sockets have not taken
  size_t turned_away = 0;         // connections refused since the start
  size_t cut = 0;                 // requests that a drain did not wait for
  size_t accept_pauses = 0;       // how often accepting paused for want of descriptors
  size_t streams = 0;             // answers that a BodySource is writing
};

class Server {
 public:
  // Binds immediately; throws std::runtime_error that names the address and the cause.
  Server(ServerOptions options, Router router);
  ~Server();  // like Drain(0 ms)

  uint16_t port() const;
  // Takes max_head_bytes (for connections to come), idle_timeout, trusted_proxies and access_log
  // from `options`. Throws std::runtime_error that names a bad proxy; nothing is changed then.
  void Tune(const ServerOptions& options);
  // From now on each answer closes its connection, so that clients leave; the rest goes on. For the
  // time before Drain.
  void Leave();
  // Accepts no more clients, answers the requests in flight until the deadline, then closes. A
  // request that is not read whole a second later gets 503; a client that does not take its answer
  // is reset after five seconds, a stream whose producer has not ended it after two. True: all are
  // answered, and no handler holds a request any more, not even one whose client has gone.
  bool Drain(std::chrono::milliseconds deadline);
  // Any thread.
  ServerCounts counts() const;
  // Why no client can connect, and what to do; empty: clients can, and could for the last second.
  // Any thread.
  std::string Trouble() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace contacts::http
