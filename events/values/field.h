// A type lists its fields once: its `serialize(ar)` names each with Field, and every archive (JSON
// in and out, rows, JSON Schema, validation) works from that one list.
#pragma once

#include <cereal/cereal.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "events/values/ids.h"
#include "events/values/time.h"

namespace contacts {

// The bounds of a value from outside, beyond its type; validation and JSON Schema read them.
struct FieldRule {
  // kNewName: a new user name. kStoredName: the name of an account that was perhaps stored under
  // older rules, so it may hold any characters. kConstant: always the member's initial value.
  enum class Form {
    kAny,
    kText,
    kNewName,
    kStoredName,
    kEmail,
    kTenant,
    kMetadata,
    kSecret,
    kBoolean,
    kConstant
  };
  Form form = Form::kAny;
  size_t min_length = 0;  // characters (code points), after trimming
  size_t max_length = 0;  // 0: no bound
  bool defaults = false;  // a request may leave it out; the member's initial value then holds
  int max_depth = 0;      // of nested objects and arrays
};

inline constexpr FieldRule kNoRule{};

template <class T>
struct Field {
  Field(const char* field_name, T& field_value, const FieldRule& field_rule = kNoRule)
      : name(field_name), value(field_value), rule(field_rule) {}
  const char* name;
  T& value;
  const FieldRule& rule;
};

// An optional value that JSON leaves out when it is empty. (An empty std::optional is null.)
template <class T>
struct Maybe : std::optional<T> {
  using std::optional<T>::optional;
  friend bool operator==(const Maybe& a, const Maybe& b) {
    return static_cast<const std::optional<T>&>(a) == static_cast<const std::optional<T>&>(b);
  }
};

// JSON source text, minified, kept as it came: numbers, order and escapes included.
struct RawJson {
  std::string text;
  auto operator<=>(const RawJson&) const = default;
};

// An enum whose values have names in JSON: specialise with `static constexpr std::pair<E,
// std::string_view> names[]`.
template <class E>
struct EnumNames;

template <class E>
std::string_view NameOf(E value) {
  for (const auto& [e, name] : EnumNames<E>::names) {
    if (e == value) return name;
  }
  return {};
}

template <class E>
std::optional<E> EnumFrom(std::string_view text) {
  for (const auto& [e, name] : EnumNames<E>::names) {
    if (name == text) return e;
  }
  return std::nullopt;
}

}  // namespace contacts
