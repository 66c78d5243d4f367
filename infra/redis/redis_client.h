// Asks one Redis server, without anybody's waiting: one thread writes what was asked for, one
// behind the other on one connection, and hands out the answers. It connects by itself, and again.
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
  TlsContext tls;                           // for address.tls alone
  std::chrono::milliseconds timeout{1000};  // of an answer, and of connecting
  size_t max_waiting = 10'000;              // what is asked beyond is refused
  // Commands that are asked every `probe_every`, as requests ask them: a server can answer PING and
  // refuse them. With error replies to it the server is in trouble.
  std::vector<RedisCommand> probe{{"PING"}};
  std::chrono::milliseconds probe_every{2000};
};

// Any thread.
class RedisClient {
 public:
  using Replies = std::vector<RedisReply>;

  explicit RedisClient(RedisOptions options);
  ~RedisClient();  // what still waits gets kUnavailable

  // The commands' replies in order, error replies among them. kUnavailable: not all was answered in
  // time; what was asked may have been done. While the server cannot be reached, that comes at
  // once. Commands must bear to be sent twice: a connection that breaks is followed by one more
  // try. `then` comes once, at once or from the client's thread; it must not block.
  void Run(const std::vector<RedisCommand>& commands, std::function<void(Result<Replies>)> then);

  // For the connections to come; the one that is open goes on.
  void UseTls(TlsContext tls);

  // Why the server cannot be asked just now, or refuses what it is asked; empty: it can.
  std::string Trouble() const;

 private:
  const std::unique_ptr<RedisLoop> loop_;
};

}  // namespace contacts
