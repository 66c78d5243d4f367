#include "events/json/json_schema.h"

namespace contacts {
namespace {

// The e-mail expression of the HTML Living Standard, 4.10.5.1.5. The schema has no `format: email`,
// because that is RFC 5321's form, which refuses some of these: ".jo@example.com", for example.
constexpr std::string_view kEmailPattern =
    R"(^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)"
    R"((?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$)";

// The form of events/values/time.h.
constexpr std::string_view kTimePattern =
    R"(^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$)";

// Text without control characters (Unicode's Cc), between white space that is trimmed. The service
// refuses some texts that match, because expressions in JSON Schema cannot say more about Unicode.
constexpr std::string_view kTextPattern =
    R"(^[ \t\n\v\f\r\u0085]*[^\u0000-\u001f\u007f-\u009f]*[ \t\n\v\f\r\u0085]*$)";
// Like kTextPattern, but with at least one character that is not trimmed.
constexpr std::string_view kFilledTextPattern =
    R"(^[ \t\n\v\f\r\u0085]*[^\u0000- \u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*[ \t\n\v\f\r\u0085]*$)";

constexpr std::string_view kNoControlsPattern = R"(^[^\u0000-\u001f\u007f-\u009f]*$)";

// The grammar of IsTenantId.
constexpr std::string_view kTenantPattern = "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$";

std::string Pattern(std::string_view pattern) {
  std::string out = ",\"pattern\":";
  json::AppendString(pattern, &out);
  return out;
}

std::string Lengths(const FieldRule& rule) {
  std::string out;
  if (rule.min_length > 0) out += ",\"minLength\":" + std::to_string(rule.min_length);
  if (rule.max_length > 0) out += ",\"maxLength\":" + std::to_string(rule.max_length);
  return out;
}

}  // namespace

ValueSchema SchemaOfText(const FieldRule& rule) {
  ValueSchema schema{"string", "", ""};
  switch (rule.form) {
    case FieldRule::Form::kEmail:
      schema.more += Pattern(kEmailPattern);
      break;
    case FieldRule::Form::kText:
    case FieldRule::Form::kNewName:
      schema.more += Pattern(rule.min_length > 0 ? kFilledTextPattern : kTextPattern);
      break;
    case FieldRule::Form::kTenant:
      schema.more += Pattern(kTenantPattern);
      break;
    case FieldRule::Form::kSecret:
      schema.more += ",\"format\":\"password\"";
      // A new password has a least length; one that was set before may hold any characters.
      if (rule.min_length > 1) schema.more += Pattern(kNoControlsPattern);
      break;
    case FieldRule::Form::kAny:
    case FieldRule::Form::kStoredName:
    case FieldRule::Form::kMetadata:
    case FieldRule::Form::kBoolean:
    case FieldRule::Form::kConstant:
      break;
  }
  schema.more += Lengths(rule);
  return schema;
}

ValueSchema SchemaOfMetadata(const FieldRule& rule) {
  ValueSchema schema{"object", "", ""};
  if (rule.max_length > 0) {
    schema.more = ",\"description\":\"at most " + std::to_string(rule.max_length) +
                  " bytes without white space, nested at most " + std::to_string(rule.max_depth) +
                  " levels\"";
  }
  return schema;
}

ValueSchema SchemaOfTime(SchemaUse use) {
  ValueSchema schema{"string", ",\"format\":\"date-time\"", ""};
  if (use == SchemaUse::kRecord || use == SchemaUse::kEnvelope) {
    schema.more += Pattern(kTimePattern);
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
