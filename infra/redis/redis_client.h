// An asynchronous client of one Redis server: one thread sends the commands one after another on
// one connection and hands out the replies. It connects and reconnects automatically.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "events/values/result.h"
#include "infra/redis/redis_address.h"
#include "infra/redis/redis_protocol.h"
#include "infra/redis/redis_wire.h"

namespace contacts {

class RedisLoop;

struct RedisOptions {
  RedisAddress address;
  TlsContext tls;                           // used only with address.tls
  std::chrono::milliseconds timeout{1000};  // for an answer, and for connecting
  size_t max_waiting = 10'000;              // calls of Run in flight; more are refused
  // Sent every `probe_every`; should be the commands that requests send, since a server can answer
  // PING and refuse those. An error reply to one of them is a Trouble().
  std::vector<RedisCommand> probe{{"PING"}};
  std::chrono::milliseconds probe_every{2000};
};

// Any thread.
class RedisClient {
 public:
  using Replies = std::vector<RedisReply>;

  explicit RedisClient(RedisOptions options);
  ~RedisClient();  // calls that still wait get kUnavailable

  // The commands' replies in order, error replies among them. kUnavailable: not all were answered
  // in time; the commands may have been done. While the server cannot be reached, kUnavailable
  // comes immediately. Commands must be idempotent: when the connection breaks, they are sent once
  // more. `then` is called once, before Run returns or from the client's thread; it must not block.
  void Run(const std::vector<RedisCommand>& commands, std::function<void(Result<Replies>)> then);

  // For new connections; the open one stays.
  void UseTls(TlsContext tls);

  // Why the server cannot be asked just now, or refuses what it is asked; empty: it can.
  std::string Trouble() const;

 private:
  const std::unique_ptr<RedisLoop> loop_;
};

}  // namespace contacts
