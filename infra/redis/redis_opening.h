// Opens a connection that is ready for commands: logged in, with its database selected.
#pragma once

#include <memory>
#include <vector>

#include "events/values/result.h"
#include "infra/redis/redis_address.h"
#include "infra/redis/redis_protocol.h"
#include "infra/redis/redis_wire.h"

namespace contacts {

// Connects, logs in, selects the database and sends a PING; blocks up to `deadline`
// (resolving the name may take longer). kUnavailable with the cause, which names no password.
Result<std::unique_ptr<RedisWire>> OpenRedis(const RedisAddress& address, const TlsContext& tls,
                                             RedisWire::Clock::time_point deadline);

// Sends the commands one after another and waits for their replies, error replies among them;
// blocks up to `deadline`. Nothing else may use the connection meanwhile.
Result<std::vector<RedisReply>> AskRedis(const std::vector<RedisCommand>& commands, RedisWire* wire,
                                         RedisWire::Clock::time_point deadline);

}  // namespace contacts
