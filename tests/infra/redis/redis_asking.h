// Blocking calls of a RedisClient, for tests.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <vector>

#include "infra/redis/redis_client.h"
#include "tests/support/redis_server.h"

namespace contacts::testing {

inline RedisOptions OptionsFor(const RedisServer& server) {
  RedisOptions options;
  options.address.host = "127.0.0.1";
  options.address.port = server.port();
  return options;
}

inline Result<RedisClient::Replies> Ask(RedisClient& client,
                                        const std::vector<RedisCommand>& commands) {
  const auto answered = std::make_shared<std::promise<Result<RedisClient::Replies>>>();
  client.Run(commands, [answered](Result<RedisClient::Replies> replies) {
    answered->set_value(std::move(replies));
  });
  return answered->get_future().get();
}

inline RedisReply AskOne(RedisClient& client, const RedisCommand& command) {
  const auto replies = Ask(client, {command});
  return replies.ok() ? replies.value()[0]
                      : RedisReply{RedisReply::Kind::kError, replies.error().message};
}

// Looks repeatedly; false: the condition did not hold within the time.
inline bool ComesToBe(const std::function<bool()>& condition,
                      std::chrono::milliseconds time = std::chrono::seconds(20)) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace contacts::testing
