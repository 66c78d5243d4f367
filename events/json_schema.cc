#include "events/json_schema.h"

namespace contacts {
namespace {

// The e-mail expression of the HTML Living Standard, 4.10.5.1.5.
constexpr std::string_view kEmailPattern =
    R"(^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)"
    R"((?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$)";

// events/time.h
constexpr std::string_view kTimePattern =
    R"(^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$)";

std::string Lengths(const FieldRule& rule) {
  std::string out;
  if (rule.min_length > 0) out += ",\"minLength\":" + std::to_string(rule.min_length);
  if (rule.max_length > 0) out += ",\"maxLength\":" + std::to_string(rule.max_length);
  return out;
}

}  // namespace

ValueSchema SchemaOfText(const FieldRule& rule) {
  ValueSchema schema{"string", "", ""};
  if (rule.form == FieldRule::Form::kEmail) {
    schema.more += ",\"format\":\"email\",\"pattern\":";
    json::AppendString(kEmailPattern, &schema.more);
  } else if (rule.form == FieldRule::Form::kSecret) {
    schema.more += ",\"format\":\"password\"";
  }
  schema.more += Lengths(rule);
  return schema;
}

ValueSchema SchemaOfMetadata(const FieldRule& rule) {
  ValueSchema schema{"object", "", ""};
  if (rule.max_length > 0) {
    schema.more = ",\"description\":\"at most " + std::to_string(rule.max_length) +
                  " bytes without white space\"";
  }
  return schema;
}

ValueSchema SchemaOfTime(SchemaUse use) {
  ValueSchema schema{"string", ",\"format\":\"date-time\"", ""};
  if (use == SchemaUse::kRecord || use == SchemaUse::kEnvelope) {
    schema.more += ",\"pattern\":";
    json::AppendString(kTimePattern, &schema.more);
  }
  return schema;
}

std::string RenderSchema(const ValueSchema& schema, bool nullable, SchemaDialect dialect) {
  const bool listed = nullable && dialect == SchemaDialect::kDraft07;
  std::string out = "{\"type\":";
  out += listed ? "[\"" + schema.type + "\",\"null\"]" : "\"" + schema.type + "\"";
  if (nullable && !listed) out += ",\"nullable\":true";
  if (!schema.choices.empty()) {
    out += ",\"enum\":[" + schema.choices + (nullable ? ",null]" : "]");
  }
  return out + schema.more + "}";
}

void SchemaWriter::Add(const char* name, const std::string& schema, bool required) {
  const std::string quoted = "\"" + std::string(name) + "\"";  // names of ours need no escapes
  properties_ += (properties_.empty() ? "" : ",") + quoted + ":" + schema;
  if (required) required_ += (required_.empty() ? "" : ",") + quoted;
}

std::string SchemaWriter::Object() const {
  std::string out = "{\"type\":\"object\"";
  if (use_ == SchemaUse::kRequest || use_ == SchemaUse::kRecord) {
    out += ",\"additionalProperties\":false";
  }
  if (!required_.empty()) out += ",\"required\":[" + required_ + "]";
  return out + ",\"properties\":{" + properties_ + "}}";
}

}  // namespace contacts
