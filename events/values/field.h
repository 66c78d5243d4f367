// A type lists its fields once: its `serialize(ar)` names each with Field, and every archive (JSON
// in and out, rows, JSON Schema, validation) works from that one list.
#pragma once

#include <cereal/cereal.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
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
  Field(const char* field_name, T& field_value, const FieldRule& field_rule = kNoRule,
        bool is_personal = false)
      : name(field_name), value(field_value), rule(field_rule), personal(is_personal) {}
  const char* name;
  T& value;
  const FieldRule& rule;
  const bool personal;
};

// A field with personal data. In records it stands in a sealed block only, with all that is in it;
// everywhere else it is a field as any other.
template <class T>
Field<T> Personal(const char* name, T& value, const FieldRule& rule = kNoRule) {
  return Field<T>(name, value, rule, /*is_personal=*/true);
}

// The fields of a type that an archive writes, reads or describes.
enum class Members {
  kAll,
  kClear,     // those that are not personal
  kPersonal,  // the personal ones, and of other fields those that have personal ones in them
};

namespace field_internal {

// Tells whether a type's list has a personal field, at any depth.
class PersonalProbe : public cereal::OutputArchive<PersonalProbe> {
 public:
  PersonalProbe() : cereal::OutputArchive<PersonalProbe>(this) {}
  bool found = false;
};

template <class T>
concept HasFields = requires(T& value, PersonalProbe& probe) {
  value.serialize(probe);
};

template <class T>
struct Inner {
  using type = T;
};
template <class T>
struct Inner<std::optional<T>> : Inner<T> {};

template <class T>
void CEREAL_SAVE_FUNCTION_NAME(PersonalProbe& probe, const Field<T>& field) {
  probe.found = probe.found || field.personal;
  if constexpr (HasFields<typename Inner<T>::type>) {
    typename Inner<T>::type inner{};
    inner.serialize(probe);
  }
}

}  // namespace field_internal

// A personal field is in the list of T, or of what T is an optional of.
template <class T>
bool HasPersonal() {
  using Type = typename field_internal::Inner<T>::type;
  if constexpr (field_internal::HasFields<Type>) {
    static const bool has = [] {
      field_internal::PersonalProbe probe;
      Type value{};
      value.serialize(probe);
      return probe.found;
    }();
    return has;
  } else {
    return false;
  }
}

// Whether an archive of these members goes into the field at all.
template <class T>
bool TakesPart(const Field<T>& field, Members members) {
  switch (members) {
    case Members::kAll:
      return true;
    case Members::kClear:
      return !field.personal;
    case Members::kPersonal:
      return field.personal || HasPersonal<T>();
  }
  return true;
}

// An optional value that JSON leaves out when it is empty. (An empty std::optional is null.)
template <class T>
struct Maybe : std::optional<T> {
  using std::optional<T>::optional;
  friend bool operator==(const Maybe& a, const Maybe& b) {
    return static_cast<const std::optional<T>&>(a) == static_cast<const std::optional<T>&>(b);
  }
};

// For types that list the same fields whole or in part: each field itself, beside Maybe.
template <class T>
using Itself = T;

// The initial value of a field that such a type keeps: `value` of the field itself, nothing of
// Maybe.
template <template <class> class Of, class T>
Of<T> Initially(T value) {
  if constexpr (std::is_same_v<Of<T>, T>) {
    return value;
  } else {
    return {};
  }
}

namespace field_internal {

// Hands all fields of one `serialize` to a function.
template <class F>
struct PackVisitor {
  F visit;
  template <class... Fields>
  void operator()(Fields&&... fields) {
    visit(fields...);
  }
};
template <class F>
PackVisitor(F) -> PackVisitor<F>;

}  // namespace field_internal

// Calls `visit` with each field of `a` and the same one of `b`, two types with one list of fields.
template <class A, class B, class Visit>
void VisitFields(A& a, B& b, Visit visit) {
  field_internal::PackVisitor with_a{[&](auto&... of_a) {
    field_internal::PackVisitor with_b{[&](auto&... of_b) { (visit(of_a, of_b), ...); }};
    b.serialize(with_b);
  }};
  a.serialize(with_a);
}

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
