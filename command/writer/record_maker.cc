#include "command/writer/record_maker.h"

#include <algorithm>

#include "command/idempotency.h"
#include "command/rules/decide.h"

namespace contacts {
namespace {

constexpr size_t kRequestKeyBytes = 16;

std::string RandomHex(const World& world, size_t size) {
  std::string bytes(size, '\0');
  world.random(reinterpret_cast<uint8_t*>(bytes.data()), size);
  return ToHex(bytes);
}

Error Unreadable(const std::string& why) {
  return {ErrorCode::kInternal,
          "the record of this command would not be read as it was made: " + why};
}

bool SaysTheSame(const Record& made, Record decoded) {
  decoded.envelope.type = made.envelope.type;  // EncodeRecord sets these three
  decoded.envelope.subject = made.envelope.subject;
  decoded.envelope.dataschema = made.envelope.dataschema;
  return decoded == made;
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

Result<std::string> EncodeJudged(const Record& record, int partition, int partitions) {
  std::string bytes = EncodeRecord(record);
  const Envelope& made = record.envelope;
  const Result<json::Document> document = json::Document::Parse(bytes);
  if (!document) return Unreadable(document.error().message);
  const Result<Slot> slot = ReadSlot(made.tenant.value, *document, partition, partitions);
  if (!slot) return Unreadable(slot.error().message);
  if (slot->sequence != made.sequence || slot->previous != made.previous) {
    return Unreadable("it has another place in the history");
  }
  Result<Record> decoded = DecodeRecord(*document);
  if (!decoded) return Unreadable(decoded.error().message);
  if (!SaysTheSame(record, *std::move(decoded)))
    return Unreadable("a text in it reads differently");
  return bytes;
}

}  // namespace contacts
