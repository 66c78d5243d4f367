// A record: one event in CloudEvents 1.0 structured JSON, one line, no insignificant white space.
// These bytes are the value in the log, a line of an export, and the input of the hash. Members, in
// order (`?`: left out when it has no value):
//
// clang-format off
//   specversion "1.0" · id (RecordId) · source "/contacts" · type · subject
//   time (events/values/time.h) · datacontenttype "application/json"
//   dataschema "urn:contacts:<type>:<version>"
//   tenant · sequence · previous · actor · actorcontact? · actorname? · keys?
//   actorsealed? · actorcommitment? · subjectprevious? · traceparent? · idempotencykey? · requesthash?
//   data {the event's clear fields…, requestkey?, sealed?, commitment?}
//
//   actor            whose id it is: events/actor.h
//   actorcontact     the contact that the actor's session speaks for
//   keys             32 hex digits: the key tree of the sealed blocks (events/seal/keyring.h)
//   subjectprevious  the sequence of the record before this one that is about the same contact
// clang-format on
//
// Personal data stands in two sealed blocks only (events/seal/block.h; sealed_record.h seals and
// opens them), so that it can be erased while the record's bytes stay as they are:
//
//   part "data"   in `data`, as `sealed` and `commitment`: the event's personal fields, and
//   `reason`
//                 and `requestkey`; sealed for the contact or user that the record is about
//   part "actor"  in the envelope, as `actorsealed` and `actorcommitment`: `actorname`, `clientip`
//                 and `idempotencykey`, and, in a record with no such contact or user, `reason` and
//                 `requestkey`; sealed for the actor and the month
//
// A block without members is left out. A token is no person: its records have no block of the
// actor; `actorname`, `idempotencykey` and `requestkey` stand in the clear (`requestkey` in `data`)
// if there is no other block for them, and `clientip` is not recorded.
//
// `requestkey`: with `requesthash` only; 32 hex digits, its HMAC key, so that no hash of the
// request outlives the person. Readers ignore unknown members of the envelope; `data` is strict for
// its version. Golden files: tests/events/golden/.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "events/events.h"
#include "events/history.h"
#include "events/seal/block.h"
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
  std::string actor;  // events/actor.h
  Maybe<ContactId> actorcontact;
  std::string actorname;  // the user's name at that time; empty: it is not known
  Maybe<std::string> keys;
  Maybe<Sequence> subjectprevious;
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
  // The personal part of `event` is missing, because its key was erased; not written. The models
  // then count its subject, but show nothing of it.
  bool data_withheld = false;

  // The blocks that were not opened; the members in them have their initial values.
  std::optional<seal::SealedBlock> sealed_data = {};
  std::optional<seal::SealedBlock> sealed_actor = {};
  // Which key of the contact the data is sealed with (events/seal/leaf.h); 0 in a PastErased, which
  // names it itself.
  int generation = 0;

  bool operator==(const Record&) const = default;
};

// Reads all but the sealed blocks, which sealed_record.h opens.
// The error names the path of the fault; its code is kBadRequest for bytes that are not a record,
// kUnavailable for a type or version that this build does not know (a newer build wrote it).
Result<Record> DecodeRecord(std::string_view bytes);
Result<Record> DecodeRecord(const json::Document& document);

// The id of what the event is about.
std::string SubjectOf(const Event& event);

// The contact that a ContactCreated made, as of its record.
Contact ContactOf(const ContactCreated& event, Timestamp time);

// The id of a record: a UUID version 7 whose last 8 digits are the writer's tag.
std::string RecordId(Timestamp time, const uint8_t (&random)[6], WriterTag writer);
// The writer that made a record, read from the record's id; 0: the id does not tell.
WriterTag WriterOf(std::string_view id);
WriterTag WriterOf(const json::Document& record);

}  // namespace contacts
