// JsonSchema of json_schema.h.
#pragma once

#include <optional>
#include <string>

#include "events/json/json_schema.h"

namespace contacts {

template <class T>
void CEREAL_SAVE_FUNCTION_NAME(SchemaWriter& ar, const Field<T>& field) {
  ar.Member(field, /*required=*/true);
}
template <class T>
void CEREAL_SAVE_FUNCTION_NAME(SchemaWriter& ar, const Field<std::optional<T>>& field) {
  ar.Member(field);
}
template <class T>
void CEREAL_SAVE_FUNCTION_NAME(SchemaWriter& ar, const Field<Maybe<T>>& field) {
  T value{};
  ar.Member(Field<T>(field.name, value, field.rule), /*required=*/false);
}

template <class T>
std::string JsonSchema(SchemaUse use, SchemaDialect dialect) {
  SchemaWriter writer(use, dialect);
  T value{};
  value.serialize(writer);
  return writer.Object();
}

}  // namespace contacts
