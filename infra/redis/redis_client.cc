#include "infra/redis/redis_client.h"

#include <utility>

#include "infra/redis/redis_loop.h"

namespace contacts {

RedisClient::RedisClient(RedisOptions options)
    : loop_(std::make_unique<RedisLoop>(std::move(options))) {}
RedisClient::~RedisClient() = default;

void RedisClient::Run(const std::vector<RedisCommand>& commands,
                      std::function<void(Result<Replies>)> then) {
  RedisBatch batch{
      {}, commands.size(), std::move(then), RedisWire::Clock::now() + loop_->options().timeout};
  for (const RedisCommand& command : commands) AppendCommand(command, &batch.bytes);
  loop_->Submit(std::move(batch));
}

void RedisClient::UseTls(TlsContext tls) { loop_->UseTls(std::move(tls)); }

std::string RedisClient::Trouble() const { return loop_->Trouble(); }

}  // namespace contacts
