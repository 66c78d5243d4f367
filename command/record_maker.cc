#include "command/record_maker.h"

#include <algorithm>

#include "command/decide.h"

namespace contacts {
namespace {

constexpr size_t kRequestKeyBytes = 16;

std::string RandomHex(const World& world, size_t size) {
  std::string bytes(size, '\0');
  world.random(reinterpret_cast<uint8_t*>(bytes.data()), size);
  return ToHex(bytes);
}

}  // namespace

Record MakeRecord(const TenantState& state, const Command& command, Event event,
                  const World& world) {
  uint8_t random[6];
  world.random(random, sizeof random);
  Record record;
  Envelope& envelope = record.envelope;
  envelope.time = std::max(world.wall_clock(), state.time());
  envelope.id = RecordId(envelope.time, random, world.writer);
  envelope.tenant = state.tenant();
  envelope.sequence = Next(state.head().sequence);
  envelope.previous = state.head().hash;
  envelope.actor = command.actor;
  envelope.actorname = command.actor_name;
  envelope.clientip = command.client_ip;
  envelope.traceparent = command.traceparent;
  envelope.reason = command.reason;
  if (command.key) {
    record.requestkey.emplace(RandomHex(world, kRequestKeyBytes));
    envelope.idempotencykey = command.key;
    envelope.requesthash.emplace(RequestHash(*record.requestkey, command.request));
  }
  record.event = std::move(event);
  return record;
}

}  // namespace contacts
