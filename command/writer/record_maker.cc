#include "command/writer/record_maker.h"

#include <algorithm>

#include "command/idempotency.h"
#include "command/rules/decide.h"
#include "events/sealed_record.h"

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

bool SaysTheSame(const Record& decoded, Record made) {
  made.envelope.type = decoded.envelope.type;  // EncodeRecord sets these three
  made.envelope.subject = decoded.envelope.subject;
  made.envelope.dataschema = decoded.envelope.dataschema;
  made.envelope.keys = decoded.envelope.keys;  // left out if nothing is sealed
  made.generation = decoded.generation;        // not written; that of the key that opened it
  return made == decoded;
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
  if (command.actor_contact) envelope.actorcontact.emplace(*command.actor_contact);
  if (const auto keys = state.keys()) envelope.keys.emplace(*keys);
  envelope.actorname = command.actor_name;
  if (HasActorBlock(record)) envelope.clientip = command.client_ip;  // a token's has no place
  envelope.traceparent = command.traceparent;
  envelope.reason = command.reason;
  record.event = std::move(event);
  const auto subject = ContactIn(record.event);
  const DataOwner owner = DataOwnerOf(record.event);
  // The contact that the record is about, or, of a refusal, that it is only sealed for.
  std::optional<ContactModel> contact;
  if (subject && !subject->begins) {
    contact = state.ContactById(subject->id);
    if (contact) envelope.subjectprevious.emplace(contact->last);
  } else if (!subject && owner.contact) {
    contact = state.ContactById(*owner.contact);
  }
  // No block of such a record could hold the reason.
  if (!HasActorBlock(record) && owner.none()) envelope.reason.reset();
  const bool says_its_own = std::holds_alternative<PastErased>(record.event);
  if (contact && owner.contact && !says_its_own) {
    record.generation = static_cast<int>(contact->generation);
  }
  if (command.key) {
    record.requestkey.emplace(RandomHex(world, kRequestKeyBytes));
    envelope.idempotencykey = command.key;
    envelope.requesthash.emplace(RequestHash(*record.requestkey, command.request));
  }
  return record;
}

Result<EncodedRecord> EncodeJudged(Record record, seal::Keyring& keyring, int partition,
                                   int partitions) {
  Result<std::string> bytes = EncodeRecord(record, keyring);
  if (!bytes) return bytes.error();
  const Envelope& made = record.envelope;
  const Result<json::Document> document = json::Document::Parse(*bytes);
  if (!document) return Unreadable(document.error().message);
  const Result<Slot> slot = ReadSlot(made.tenant.value, *document, partition, partitions);
  if (!slot) return Unreadable(slot.error().message);
  if (slot->sequence != made.sequence || slot->previous != made.previous) {
    return Unreadable("it has another place in the history");
  }
  Result<Record> decoded = DecodeRecord(*document);
  if (!decoded) return Unreadable(decoded.error().message);
  if (OpenData(&*decoded, keyring) != Opened::kOpen ||
      OpenActor(&*decoded, keyring) != Opened::kOpen) {
    return Unreadable("its sealed blocks do not open");
  }
  if (!SaysTheSame(*decoded, std::move(record))) {
    return Unreadable("a text in it reads differently");
  }
  return EncodedRecord{std::move(decoded).value(), std::move(bytes).value()};
}

}  // namespace contacts
