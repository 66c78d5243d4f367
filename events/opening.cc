#include "events/opening.h"

#include "events/json/json_archive.h"
#include "events/record_fields.h"

namespace contacts {
namespace {

// The members of an opening record that DecodeOpening reads.
struct Opened {
  std::string type;
  Opening data;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("type", type), Field("data", data));
  }
};

constexpr int64_t kMostPartitions = 0x7fffffff;

bool IsSound(const Opened& opened) {
  const Opening& data = opened.data;
  return opened.type == "LogOpened" && !data.log_id.empty() && data.partition >= 0 &&
         data.partition < data.partitions && data.partitions <= kMostPartitions &&
         data.format > 0 && EpochOf(data) >= kFirstEpoch && EpochOf(data) <= kMostEpoch;
}

Error OtherFormat(int64_t format) {
  if (format > kLogFormat) {
    return {ErrorCode::kUnavailable,
            "a newer release opened this log, in format " + std::to_string(format)};
  }
  return {ErrorCode::kUnavailable,
          "this log has format " + std::to_string(format) +
              ", whose records hold personal data in plain text; this release reads format " +
              std::to_string(kLogFormat) +
              " only, and there is no upgrade. Start with a new log: another --data directory, or "
              "another --kafka-topic"};
}

}  // namespace

std::string EncodeOpening(const Opening& opening, const std::string& id, Timestamp time) {
  OpeningEntry entry;
  entry.id = id;
  entry.time = time;
  entry.data = opening;
  return ToJson(entry);
}

Result<Opening> DecodeOpening(std::string_view key, std::string_view value) {
  if (key != kOpeningKey) return Error{ErrorCode::kBadRequest, "not keyed as an opening record"};
  if (value.empty() || value.front() != '{' || value.back() != '}') {
    return Error{ErrorCode::kBadRequest, "not one JSON object with nothing around it"};
  }
  const Result<json::Document> document = json::Document::Parse(value);
  if (!document) return document.error();
  Opened opened;
  Faults faults;
  if (!FromJson(*document, document->root(), Reading::kEnvelope, &opened, &faults)) {
    const FieldFault& first = faults.kept().front();
    return Error{ErrorCode::kBadRequest, first.path + " " + first.message, faults.kept()};
  }
  if (!IsSound(opened)) return Error{ErrorCode::kBadRequest, "not a sound opening record"};
  if (opened.data.format != kLogFormat) return OtherFormat(opened.data.format);
  return opened.data;
}

}  // namespace contacts
