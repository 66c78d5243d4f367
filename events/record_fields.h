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

// A record: the envelope, with the constants in their places and `data` at the end.
template <class Data>
struct Envelopment {
  RecordConstants constants;
  Envelope envelope;
  Data data;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("specversion", constants.specversion, rules::kConstant), Field("id", envelope.id),
       Field("source", constants.source, rules::kConstant), Field("type", envelope.type),
       Field("subject", envelope.subject), Field("time", envelope.time),
       Field("datacontenttype", constants.datacontenttype, rules::kConstant),
       Field("dataschema", envelope.dataschema), Field("tenant", envelope.tenant),
       Field("sequence", envelope.sequence), Field("previous", envelope.previous),
       Field("actor", envelope.actor), Field("actorname", envelope.actorname),
       Field("clientip", envelope.clientip), Field("traceparent", envelope.traceparent),
       Field("reason", envelope.reason), Field("idempotencykey", envelope.idempotencykey),
       Field("requesthash", envelope.requesthash), Field("data", data));
  }
};

// An event's `data`: its own fields and, after them, the HMAC key of the request.
template <class E>
struct EventFields {
  E event;
  Maybe<std::string> requestkey;

  template <class Archive>
  void serialize(Archive& ar) {
    event.serialize(ar);
    ar(Field("requestkey", requestkey));
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
