// The field lists of records and opening records, for code that writes, reads and describes them.
#pragma once

#include <string>

#include "events/opening.h"
#include "events/record.h"

namespace contacts {

namespace rules {
inline constexpr FieldRule kConstant{FieldRule::Form::kConstant};
}  // namespace rules

// "urn:contacts:ContactCreated:1": names a version of an event's `data`.
inline std::string DataSchemaOf(const std::string& type, int version) {
  return "urn:contacts:" + type + ':' + std::to_string(version);
}

// The constant members of a record's envelope; DecodeRecord checks them.
struct RecordConstants {
  std::string specversion = "1.0";
  std::string source = "/contacts";
  std::string datacontenttype = "application/json";
  bool operator==(const RecordConstants&) const = default;
};

// The members of the envelope that are a block of their own.
struct ActorBlock {
  Maybe<std::string> actorsealed;
  Maybe<Hash> actorcommitment;
};

// The personal members of an actor's block.
struct ActorMembers {
  std::string actorname;
  Maybe<std::string> clientip;
  Maybe<std::string> idempotencykey;
  Maybe<std::string> reason;
  Maybe<std::string> requestkey;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Personal("actorname", actorname), Personal("clientip", clientip),
       Personal("idempotencykey", idempotencykey), Personal("reason", reason),
       Personal("requestkey", requestkey));
  }
};

// A record: the envelope, with the constants in their places and `data` at the end. actorname and
// idempotencykey are those of a token.
template <class Data>
struct Envelopment {
  RecordConstants constants;
  Envelope envelope;
  Maybe<std::string> actorname;
  ActorBlock actor;
  Data data;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("specversion", constants.specversion, rules::kConstant), Field("id", envelope.id),
       Field("source", constants.source, rules::kConstant), Field("type", envelope.type),
       Field("subject", envelope.subject), Field("time", envelope.time),
       Field("datacontenttype", constants.datacontenttype, rules::kConstant),
       Field("dataschema", envelope.dataschema), Field("tenant", envelope.tenant),
       Field("sequence", envelope.sequence), Field("previous", envelope.previous),
       Field("actor", envelope.actor), Field("actorcontact", envelope.actorcontact),
       Field("actorname", actorname), Field("keys", envelope.keys),
       Field("actorsealed", actor.actorsealed), Field("actorcommitment", actor.actorcommitment),
       Field("subjectprevious", envelope.subjectprevious),
       Field("traceparent", envelope.traceparent), Field("idempotencykey", envelope.idempotencykey),
       Field("requesthash", envelope.requesthash), Field("data", data));
  }
};

// The personal members of an event's sealed block. `event` has been read from `data`.
template <class E>
struct DataMembers {
  E event;
  Maybe<std::string> reason;
  Maybe<std::string> requestkey;

  template <class Archive>
  void serialize(Archive& ar) {
    event.serialize(ar);
    ar(Personal("reason", reason), Personal("requestkey", requestkey));
  }
};

template <class E>
constexpr bool HasDataBlock() {
  return E::kSealedFor != SealedFor::kActor;
}

// An event's `data`: its own clear fields and, after them, the HMAC key of a token's request and
// the block. To be written and read as Members::kClear.
template <class E>
struct EventFields {
  E event;
  Maybe<std::string> requestkey;
  Maybe<std::string> sealed;
  Maybe<Hash> commitment;

  template <class Archive>
  void serialize(Archive& ar) {
    event.serialize(ar);
    ar(Field("requestkey", requestkey), Field("sealed", sealed), Field("commitment", commitment));
  }
};

// An opening record.
struct OpeningEntry {
  std::string specversion = "1.0";
  std::string id;
  std::string source = "/contacts";
  std::string type = "LogOpened";
  Timestamp time;
  std::string datacontenttype = "application/json";
  Opening data;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("specversion", specversion, rules::kConstant), Field("id", id),
       Field("source", source, rules::kConstant), Field("type", type, rules::kConstant),
       Field("time", time), Field("datacontenttype", datacontenttype, rules::kConstant),
       Field("data", data));
  }
};

}  // namespace contacts
