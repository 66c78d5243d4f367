#include "infra/redis/redis_opening.h"

#include <optional>
#include <string>
#include <vector>

#include "infra/redis/redis_protocol.h"

namespace contacts {
namespace {

Error NoAnswer() { return {ErrorCode::kUnavailable, "it does not answer", {}, 1}; }

std::vector<RedisCommand> Greeting(const RedisAddress& address) {
  std::vector<RedisCommand> commands;
  if (!address.password.empty()) {
    commands.push_back(address.user.empty() ? RedisCommand{"AUTH", address.password}
                                            : RedisCommand{"AUTH", address.user, address.password});
  }
  if (address.database != 0) commands.push_back({"SELECT", std::to_string(address.database)});
  commands.push_back({"PING"});
  return commands;
}

std::optional<Error> WriteAll(RedisWire* wire, std::string_view bytes,
                              RedisWire::Clock::time_point deadline) {
  while (!bytes.empty()) {
    const auto written = wire->Write(bytes);
    if (!written.ok()) return written.error();
    bytes.remove_prefix(*written);
    if (*written == 0 && !wire->Wait(deadline)) return NoAnswer();
  }
  return std::nullopt;
}

Result<RedisReply> ReadOne(RedisWire* wire, RedisReader* reader,
                           RedisWire::Clock::time_point deadline) {
  char bytes[1024];
  while (true) {
    auto reply = reader->Next();
    if (!reply.ok()) return reply.error();
    if (*reply) return *std::move(*reply);
    const auto read = wire->Read(bytes, sizeof bytes);
    if (!read.ok()) return read.error();
    reader->Feed({bytes, *read});
    if (*read == 0 && !wire->Wait(deadline)) return NoAnswer();
  }
}

}  // namespace

Result<std::vector<RedisReply>> AskRedis(const std::vector<RedisCommand>& commands, RedisWire* wire,
                                         RedisWire::Clock::time_point deadline) {
  RedisReader reader;
  std::vector<RedisReply> replies;
  for (const RedisCommand& command : commands) {
    std::string bytes;
    AppendCommand(command, &bytes);
    if (auto error = WriteAll(wire, bytes, deadline)) return *std::move(error);
    auto reply = ReadOne(wire, &reader, deadline);
    if (!reply.ok()) return reply.error();
    replies.push_back(*std::move(reply));
  }
  return replies;
}

Result<std::unique_ptr<RedisWire>> OpenRedis(const RedisAddress& address, const TlsContext& tls,
                                             RedisWire::Clock::time_point deadline) {
  auto wire = RedisWire::Open(address, tls, deadline);
  if (!wire.ok()) return wire;
  for (const RedisCommand& command : Greeting(address)) {
    const auto replies = AskRedis({command}, wire->get(), deadline);
    if (!replies.ok()) return replies.error();
    const RedisReply& reply = replies->front();
    // A user without the right to PING gets NOPERM, which is an answer as well.
    const bool may_not = command[0] == "PING" && reply.text.starts_with("NOPERM");
    if (reply.kind == RedisReply::Kind::kError && !may_not) {
      return Error{ErrorCode::kUnavailable, command[0] + " is answered with " + reply.text, {}, 1};
    }
  }
  return wire;
}

}  // namespace contacts
