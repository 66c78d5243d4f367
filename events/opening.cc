#include "events/opening.h"

#include "events/json_archive.h"

namespace contacts {
namespace {

struct OpeningEnvelope {
  std::string specversion = "1.0";
  std::string id;
  std::string source = "/contacts";
  std::string type = "LogOpened";
  Timestamp time;
  std::string datacontenttype = "application/json";
  Opening data;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("specversion", specversion), Field("id", id), Field("source", source),
       Field("type", type), Field("time", time), Field("datacontenttype", datacontenttype),
       Field("data", data));
  }
};

}  // namespace

std::string EncodeOpening(const Opening& opening, const std::string& id, Timestamp time) {
  OpeningEnvelope envelope;
  envelope.id = id;
  envelope.time = time;
  envelope.data = opening;
  return ToJson(envelope);
}

Result<Opening> DecodeOpening(std::string_view key, std::string_view value) {
  if (key != kOpeningKey) return Error{ErrorCode::kBadRequest, "not keyed as an opening record"};
  const Result<json::Document> document = json::Document::Parse(value);
  if (!document) return document.error();
  OpeningEnvelope envelope;
  std::vector<FieldFault> faults;
  if (!FromJson(*document, document->root(), Reading::kEnvelope, &envelope, &faults)) {
    return Error{ErrorCode::kBadRequest, faults[0].path + " " + faults[0].message, faults};
  }
  if (envelope.type != "LogOpened" || envelope.data.format != kLogFormat ||
      envelope.data.log_id.empty()) {
    return Error{ErrorCode::kBadRequest, "an opening record of another kind or format"};
  }
  return envelope.data;
}

}  // namespace contacts
