// A record: one event in CloudEvents 1.0 structured JSON, one line, no insignificant white space.
// These bytes are the value in the log, a line of an export, and the input of the hash. Members, in
// order (`?`: left out when it has no value):
//
// clang-format off
//   specversion "1.0" · id (RecordId) · source "/contacts" · type · subject
//   time (events/values/time.h) · datacontenttype "application/json"
//   dataschema "urn:contacts:<type>:<version>"
//   tenant · sequence · previous · actor · actorname
//   clientip? · traceparent? · reason? · idempotencykey? · requesthash?
//   data {the event's fields…, requestkey?}
// clang-format on
//
// `requestkey`: with `requesthash` only; 32 hex digits, its HMAC key, kept in `data` so that
// erasing the data leaves no hash of the request. Readers ignore unknown members of the envelope;
// `data` is strict for its version. Golden files: tests/events/golden/.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "events/events.h"
#include "events/history.h"
#include "events/values/hash.h"
#include "events/values/result.h"

namespace contacts {

struct Envelope {
  std::string id;
  std::string type;     // set by EncodeRecord
  std::string subject;  // the id of what the event is about (events/README.md); set by EncodeRecord
  Timestamp time;
  std::string dataschema;  // set by EncodeRecord
  TenantId tenant;
  Sequence sequence;
  Hash previous;
  std::string actor;      // the user's id, or a name of events/actor.h
  std::string actorname;  // the user's name at that time
  Maybe<std::string> clientip;
  Maybe<std::string> traceparent;
  Maybe<std::string> reason;
  Maybe<std::string> idempotencykey;
  Maybe<std::string> requesthash;

  bool operator==(const Envelope&) const = default;
};

struct Record {
  Envelope envelope;
  Event event;
  Maybe<std::string> requestkey;

  bool operator==(const Record&) const = default;
};

// The bytes of the record; always the same bytes for the same record.
std::string EncodeRecord(const Record& record);

// The error names the path of the fault; its code is kBadRequest for bytes that are not a record,
// kUnavailable for a type or version that this build does not know (a newer build wrote it).
Result<Record> DecodeRecord(std::string_view bytes);
Result<Record> DecodeRecord(const json::Document& document);

// The contact that a ContactCreated made, as of its record.
Contact ContactOf(const ContactCreated& event, Timestamp time);

// The id of a record: a UUID version 7 whose last 8 digits are the writer's tag.
std::string RecordId(Timestamp time, const uint8_t (&random)[6], WriterTag writer);
// The writer that made a record, read from the record's id; 0: the id does not tell.
WriterTag WriterOf(const json::Document& record);

}  // namespace contacts
