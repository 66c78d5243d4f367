// Implements ToJson of json_archive.h.
#pragma once

#include <concepts>
#include <string>
#include <type_traits>
#include <vector>

#include "events/json/json.h"
#include "events/values/field.h"
#include "events/values/hash.h"

namespace contacts {

class JsonWriter : public cereal::OutputArchive<JsonWriter> {
 public:
  explicit JsonWriter(std::string* out, Members members = Members::kAll)
      : cereal::OutputArchive<JsonWriter>(this), out_(*out), members_(members) {}

  template <class T>
  void Member(const Field<T>& field) {
    if constexpr (requires { field.value.has_value(); }) {
      // An object that is not there has no personal members.
      if (members_ == Members::kPersonal && !field.personal && !field.value.has_value()) return;
    }
    if (!TakesPart(field, members_)) return;
    Named(field.name, field.value, field.personal);
  }
  template <class T>
  void Member(const Field<Maybe<T>>& field) {
    if (!field.value || !TakesPart(field, members_)) return;
    Named(field.name, *field.value, field.personal);
  }

  void Write(bool value) { out_.append(value ? "true" : "false"); }
  void Write(int64_t value) { out_.append(std::to_string(value)); }
  void Write(const std::string& value) { json::AppendString(value, &out_); }
  void Write(Timestamp value) { Write(FormatTimestamp(value)); }
  void Write(const Hash& value) { Write(ToHex(value)); }
  void Write(const RawJson& value) { out_.append(value.text); }
  template <class Rep, class Tag>
  void Write(const Strong<Rep, Tag>& value) {
    Write(value.value);
  }
  template <class E>
  requires std::is_enum_v<E>
  void Write(E value) { json::AppendString(NameOf(value), &out_); }
  template <class T>
  void Write(const std::optional<T>& value) {
    if (value) {
      Write(*value);
    } else {
      out_.append("null");
    }
  }
  template <class T>
  void Write(const std::vector<T>& values) {
    out_.push_back('[');
    for (size_t i = 0; i < values.size(); ++i) {
      if (i > 0) out_.push_back(',');
      Write(values[i]);
    }
    out_.push_back(']');
  }
  template <class T>
  requires requires(T& t, JsonWriter& ar) { t.serialize(ar); }
  void Write(const T& value) {
    const bool outer = std::exchange(first_, true);
    out_.push_back('{');
    const_cast<T&>(value).serialize(*this);  // the one list reads and writes; here it only reads
    out_.push_back('}');
    first_ = outer;
  }

 private:
  template <class T>
  void Named(const char* name, const T& value, bool personal) {
    if (!first_) out_.push_back(',');
    first_ = false;
    out_.push_back('"');
    out_.append(name);  // names of ours need no escapes
    out_.append("\":");
    const Members outer = members_;
    if (personal) members_ = Members::kAll;
    Write(value);
    members_ = outer;
  }

  std::string& out_;
  Members members_;
  bool first_ = true;
};

template <class T>
void CEREAL_SAVE_FUNCTION_NAME(JsonWriter& ar, const Field<T>& field) {
  ar.Member(field);
}

template <class T>
std::string ToJson(const T& value, Members members) {
  std::string out;
  out.reserve(768);  // holds most records; growing by doubling would copy each several times
  JsonWriter(&out, members).Write(value);
  return out;
}

}  // namespace contacts
