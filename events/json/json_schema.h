// The published JSON Schema of a type, from its one field list: draft-07, or the dialect of OpenAPI
// 3.0.3 (which says `nullable` where draft-07 lists the type "null").
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "events/json/json_archive.h"
#include "events/values/field.h"
#include "events/values/hash.h"

namespace contacts {

enum class SchemaDialect { kDraft07, kOpenApi30 };

// The objects that the schema describes.
enum class SchemaUse {
  kAnswer,    // every field is there; later releases may add more
  kRequest,   // like Reading::kRequest
  kRecord,    // like Reading::kRecord; without bounds on input, which may change while a version of
              // an event may not
  kEnvelope,  // like kRecord, but unknown members are ignored
};

// Returns one line, as ToJson does.
template <class T>
std::string JsonSchema(SchemaUse use, SchemaDialect dialect, Members members = Members::kAll);

// The parts of one value's schema. `type` is a JSON Schema type; `more` holds its other members,
// each with a comma before it.
struct ValueSchema {
  std::string type;
  std::string more;
  std::string choices;  // the members of `enum`, joined by commas; empty: not an enum
};

ValueSchema SchemaOfText(const FieldRule& rule);
ValueSchema SchemaOfMetadata(const FieldRule& rule);
ValueSchema SchemaOfTime(SchemaUse use);
std::string RenderSchema(const ValueSchema& schema, bool nullable, SchemaDialect dialect);

class SchemaWriter : public cereal::OutputArchive<SchemaWriter> {
 public:
  SchemaWriter(SchemaUse use, SchemaDialect dialect, Members members)
      : cereal::OutputArchive<SchemaWriter>(this),
        use_(use),
        dialect_(dialect),
        members_(members) {}

  template <class T>
  void Member(const Field<T>& field, bool required) {
    if (!TakesPart(field, members_)) return;
    const Members outer = Enter(field.personal);
    Add(field.name, Describe(field.value, field.rule), required && !LeftOut(field.rule));
    members_ = outer;
  }
  template <class T>
  void Member(const Field<std::optional<T>>& field, bool required) {
    if (!TakesPart(field, members_)) return;
    // The personal members of an object that is null are left out with it.
    const bool inner = members_ == Members::kPersonal && !field.personal;
    const Members outer = Enter(field.personal);
    Add(field.name, RenderSchema(Value(T{}, field.rule), /*nullable=*/!inner, dialect_),
        required && use_ != SchemaUse::kRequest && !inner);
    members_ = outer;
  }

  // The schema of an object with the fields that were added.
  std::string Object() const;

 private:
  // All of a personal field is personal. Returns the members to go back to.
  Members Enter(bool personal) {
    return std::exchange(members_, personal ? Members::kAll : members_);
  }
  bool LeftOut(const FieldRule& rule) const { return use_ == SchemaUse::kRequest && rule.defaults; }
  const FieldRule& Bounds(const FieldRule& rule) const {
    return use_ == SchemaUse::kAnswer || use_ == SchemaUse::kRequest ? rule : kNoRule;
  }
  void Add(const char* name, const std::string& schema, bool required);

  std::string Describe(const JsonNode&, const FieldRule&) { return "{}"; }  // anything
  template <class T>
  std::string Describe(const T& value, const FieldRule& rule) {
    ValueSchema schema = Value(value, rule);
    if (LeftOut(rule)) schema.more += ",\"default\":" + ToJson(value);
    if (rule.form == FieldRule::Form::kConstant) schema.more += ",\"const\":" + ToJson(value);
    return RenderSchema(schema, /*nullable=*/false, dialect_);
  }

  ValueSchema Value(bool, const FieldRule&) { return {"boolean", "", ""}; }
  ValueSchema Value(int64_t, const FieldRule&) { return {"integer", ",\"format\":\"int64\"", ""}; }
  ValueSchema Value(const std::string&, const FieldRule& rule) {
    return SchemaOfText(Bounds(rule));
  }
  ValueSchema Value(Timestamp, const FieldRule&) { return SchemaOfTime(use_); }
  ValueSchema Value(const Hash&, const FieldRule&) {
    return {"string", ",\"pattern\":\"^[0-9a-f]{64}$\"", ""};
  }
  ValueSchema Value(const RawJson&, const FieldRule& rule) {
    return SchemaOfMetadata(Bounds(rule));
  }
  ValueSchema Value(const ContactId&, const FieldRule&) {
    return {"integer", ",\"format\":\"int64\",\"minimum\":1", ""};
  }
  ValueSchema Value(const Sequence&, const FieldRule&) {
    return {"integer", ",\"format\":\"int64\",\"minimum\":1,\"maximum\":999999999999999", ""};
  }
  ValueSchema Value(const TenantId&, const FieldRule&) {
    return SchemaOfText({FieldRule::Form::kTenant});
  }
  template <class Rep, class Tag>
  ValueSchema Value(const Strong<Rep, Tag>& value, const FieldRule& rule) {
    return Value(value.value, rule);
  }
  template <class E>
  requires std::is_enum_v<E> ValueSchema Value(E, const FieldRule&) {
    ValueSchema schema{"string", "", ""};
    for (const auto& [e, name] : EnumNames<E>::names) {
      schema.choices += (schema.choices.empty() ? "\"" : ",\"") + std::string(name) + "\"";
    }
    return schema;
  }
  template <class T>
  ValueSchema Value(const std::vector<T>&, const FieldRule& rule) {
    return {"array", ",\"items\":" + Describe(T{}, rule), ""};
  }
  template <class T>
  requires requires(T& t, SchemaWriter& ar) { t.serialize(ar); }
  ValueSchema Value(const T&, const FieldRule&) {
    const std::string object = JsonSchema<T>(use_, dialect_, members_);
    constexpr size_t kType = std::string_view("{\"type\":\"object\"").size();
    return {"object", object.substr(kType, object.size() - kType - 1), ""};
  }

  const SchemaUse use_;
  const SchemaDialect dialect_;
  Members members_;
  std::string properties_;
  std::string required_;
};

template <class T>
void CEREAL_SAVE_FUNCTION_NAME(SchemaWriter& ar, const Field<T>& field) {
  ar.Member(field, /*required=*/true);
}
template <class T>
void CEREAL_SAVE_FUNCTION_NAME(SchemaWriter& ar, const Field<std::optional<T>>& field) {
  ar.Member(field, /*required=*/true);
}
template <class T>
void CEREAL_SAVE_FUNCTION_NAME(SchemaWriter& ar, const Field<Maybe<T>>& field) {
  FieldRule rule = field.rule;
  rule.defaults = false;  // what is left out stays left out
  T value{};
  ar.Member(Field<T>(field.name, value, rule, field.personal), /*required=*/false);
}

template <class T>
std::string JsonSchema(SchemaUse use, SchemaDialect dialect, Members members) {
  SchemaWriter writer(use, dialect, members);
  T value{};
  value.serialize(writer);
  return writer.Object();
}

}  // namespace contacts
