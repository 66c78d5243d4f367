#include "events/record.h"

#include <algorithm>
#include <charconv>
#include <iterator>

#include "events/json/json_archive.h"
#include "events/record_fields.h"
#include "events/values/uuid.h"

namespace contacts {
namespace {

std::string SubjectOf(const ContactCreated& e) { return std::to_string(e.id.value); }
std::string SubjectOf(const ContactChanged& e) { return std::to_string(e.id.value); }
std::string SubjectOf(const UserAdded& e) { return e.user_id.value; }
std::string SubjectOf(const UserChanged& e) { return e.user_id.value; }
std::string SubjectOf(const PasswordSet& e) { return e.user_id.value; }
std::string SubjectOf(const SessionsEnded& e) { return e.user_id.value; }
std::string SubjectOf(const ChainDisowned& e) { return ToHex(e.parent); }
std::string SubjectOf(const InvitationIssued& e) { return e.user_id.value; }
std::string SubjectOf(const TokenIssued& e) { return e.token_id; }
std::string SubjectOf(const TokenRevoked& e) { return e.token_id; }
std::string SubjectOf(const TenantLimited&) { return "tenant"; }
std::string SubjectOf(const PersonErased& e) {
  if (e.contact_id) return std::to_string(e.contact_id->value);
  return e.actors.empty() ? "tenant" : e.actors.front();
}
std::string SubjectOf(const PastErased& e) { return std::to_string(e.contact_id.value); }
std::string SubjectOf(const MonthErased&) { return "tenant"; }
std::string SubjectOf(const HoldPlaced& e) { return std::to_string(e.contact_id.value); }
std::string SubjectOf(const HoldLifted& e) { return std::to_string(e.contact_id.value); }
std::string SubjectOf(const Disclosed& e) {
  return e.contact_id ? std::to_string(e.contact_id->value) : "tenant";
}
std::string SubjectOf(const CommandRefused& e) { return e.command; }
std::string SubjectOf(const NothingChanged& e) {
  if (e.contact_id) return std::to_string(e.contact_id->value);
  return e.user_id ? e.user_id->value : e.command;
}

Error FaultsAsError(const Faults& faults) {
  const FieldFault& first = faults.kept().front();
  return Error{ErrorCode::kBadRequest, "not a record: " + first.path + " " + first.message,
               faults.kept()};
}

// A block has both of its members, or none.
std::optional<seal::SealedBlock> BlockOf(Maybe<std::string> sealed, const Maybe<Hash>& commitment,
                                         const char* path, Faults* faults) {
  if (sealed.has_value() != commitment.has_value()) {
    faults->Add(JsonPath{nullptr, path}, "needs its commitment, and the commitment needs it");
  }
  if (!sealed || !commitment) return std::nullopt;
  return seal::SealedBlock{*std::move(sealed), *commitment};
}

// Reads `data` as E if the envelope says E.
template <class E>
bool DecodeAs(const json::Document& document, const json::Node& data, Record* record,
              Faults* faults) {
  const Envelope& envelope = record->envelope;
  if (envelope.type != E::kType || envelope.dataschema != DataSchemaOf(E::kType, E::kVersion))
    return false;
  EventFields<E> fields;
  if (FromJson(document, data, Reading::kRecord, &fields, faults, "/data", Members::kClear)) {
    record->event = std::move(fields.event);
    record->requestkey = std::move(fields.requestkey);
    record->sealed_data =
        BlockOf(std::move(fields.sealed), fields.commitment, "/data/sealed", faults);
  }
  return true;
}

template <class... E>
bool DecodeEvent(std::variant<E...>*, const json::Document& document, const json::Node& data,
                 Record* record, Faults* faults) {
  return (DecodeAs<E>(document, data, record, faults) || ...);
}

}  // namespace

std::string SubjectOf(const Event& event) {
  return std::visit([](const auto& e) { return SubjectOf(e); }, event);
}

Result<Record> DecodeRecord(std::string_view bytes) {
  const Result<json::Document> document = json::Document::Parse(bytes);
  if (!document) return document.error();
  return DecodeRecord(*document);
}

Result<Record> DecodeRecord(const json::Document& document) {
  Envelopment<JsonNode> all;
  Faults faults;
  if (!FromJson(document, document.root(), Reading::kEnvelope, &all, &faults)) {
    return FaultsAsError(faults);
  }
  static const RecordConstants kOurs;
  if (all.constants != kOurs) {
    return Error{
        ErrorCode::kBadRequest,
        "not a record: specversion, source or datacontenttype is not that of this service"};
  }
  Record record;
  record.envelope = std::move(all.envelope);
  if (all.actorname) record.envelope.actorname = *std::move(all.actorname);
  record.sealed_actor =
      BlockOf(std::move(all.actor.actorsealed), all.actor.actorcommitment, "/actorsealed", &faults);
  if (!DecodeEvent(&record.event, document, *all.data.node, &record, &faults)) {
    return Error{ErrorCode::kUnavailable, "this build does not know " + record.envelope.type +
                                              " (" + record.envelope.dataschema +
                                              "); a newer one wrote it"};
  }
  if (!faults.empty()) return FaultsAsError(faults);
  return record;
}

Contact ContactOf(const ContactCreated& event, Timestamp time) {
  return Contact{event.id, event.fields, time, time};
}

std::string RecordId(Timestamp time, const uint8_t (&random)[6], WriterTag writer) {
  uint8_t bytes[10];
  std::copy(std::begin(random), std::end(random), bytes);
  for (int i = 0; i < 4; ++i) bytes[6 + i] = static_cast<uint8_t>(writer.value >> (24 - 8 * i));
  return UuidV7(time, bytes);
}

WriterTag WriterOf(const json::Document& record) {
  const json::Node* id = record.Find(record.root(), "id");
  if (id == nullptr || id->kind != json::Kind::kString) return {};
  const std::string_view raw = record.Raw(*id);  // with the quotes
  return WriterOf(raw.substr(1, raw.size() - 2));
}

WriterTag WriterOf(std::string_view id) {
  if (id.size() != 36) return {};
  WriterTag tag;
  const char* const end = id.data() + id.size();
  const auto [stopped, error] = std::from_chars(end - 8, end, tag.value, 16);
  return error == std::errc() && stopped == end ? tag : WriterTag{};
}

}  // namespace contacts
