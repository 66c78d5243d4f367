// Implements FromJson of json_archive.h.
#pragma once

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "events/json/faults.h"
#include "events/json/json.h"
#include "events/values/field.h"
#include "events/values/hash.h"

namespace contacts {

// An object that stays unread: its node.
struct JsonNode {
  const json::Node* node = nullptr;
};

class JsonReader : public cereal::InputArchive<JsonReader> {
 public:
  JsonReader(const json::Document& document, Reading reading, Faults* faults,
             Members members = Members::kAll)
      : cereal::InputArchive<JsonReader>(this),
        document_(document),
        reading_(reading),
        faults_(*faults),
        members_(members) {}

  void Read(const json::Node& node, const JsonPath& path, bool* value);
  void Read(const json::Node& node, const JsonPath& path, int64_t* value);
  void Read(const json::Node& node, const JsonPath& path, std::string* value);
  void Read(const json::Node& node, const JsonPath& path, Timestamp* value);
  void Read(const json::Node& node, const JsonPath& path, Hash* value);
  void Read(const json::Node& node, const JsonPath& path, RawJson* value);
  void Read(const json::Node& node, const JsonPath&, JsonNode* value) { value->node = &node; }

  template <class Rep, class Tag>
  void Read(const json::Node& node, const JsonPath& path, Strong<Rep, Tag>* value) {
    Read(node, path, &value->value);
  }
  template <class E>
  requires std::is_enum_v<E>
  void Read(const json::Node& node, const JsonPath& path, E* value) {
    std::string text;
    if (node.kind == json::Kind::kString && document_.Text(node, &text)) {
      if (const auto found = EnumFrom<E>(text)) {
        *value = *found;
        return;
      }
    }
    WrongName<E>(path);
  }
  template <class T>
  void Read(const json::Node& node, const JsonPath& path, std::optional<T>* value) {
    if (node.kind == json::Kind::kNull) {
      value->reset();
    } else {
      T inner{};
      const size_t before = faults_.count();
      Read(node, path, &inner);
      if (faults_.count() == before) *value = std::move(inner);
    }
  }
  template <class T>
  void Read(const json::Node& node, const JsonPath& path, std::vector<T>* values) {
    if (node.kind != json::Kind::kArray) return WrongType(node, path, "an array");
    values->clear();
    for (uint32_t i = node.first; i != 0; i = document_.at(i).next) {
      const std::string index = std::to_string(values->size());
      Read(document_.at(i), JsonPath{&path, index}, &values->emplace_back());
    }
  }
  template <class T>
  requires requires(T& t, JsonReader& ar) { t.serialize(ar); }
  void Read(const json::Node& node, const JsonPath& path, T* value) {
    if (node.kind != json::Kind::kObject) return WrongType(node, path, "an object");
    Scope outer = std::exchange(scope_, Scope{&node, &path, node.first, 0, {}});
    scope_.known.reserve(node.count);
    value->serialize(*this);
    if (reading_ != Reading::kEnvelope && scope_.found < node.count) UnknownMembers();
    scope_ = std::move(outer);
  }

  template <class T>
  void Load(Field<T>& field, bool needed) {
    if (!TakesPart(field, members_)) return;
    const Members outer = members_;
    if (field.personal) members_ = Members::kAll;
    Member(field.name, &field.value, needed);
    members_ = outer;
  }
  template <class T>
  void Load(Field<std::optional<T>>& field, bool needed) {
    if (!TakesPart(field, members_)) return;
    if (members_ == Members::kPersonal && !field.personal) {
      if (!field.value) return;
      Field<T> inner(field.name, *field.value, field.rule);
      return Load(inner, needed);
    }
    const Members outer = members_;
    if (field.personal) members_ = Members::kAll;
    Member(field.name, &field.value, needed);
    members_ = outer;
  }
  template <class T>
  void Load(Field<Maybe<T>>& field) {
    if (!TakesPart(field, members_)) return;
    T inner{};
    if (MaybeMember(field.name, &inner)) field.value.emplace(std::move(inner));
  }

  Reading reading() const { return reading_; }

 private:
  // Reads a field of the current object. False: it is not there, which is a fault with `needed`.
  template <class T>
  bool Member(const char* name, T* value, bool needed) {
    scope_.known.push_back(name);
    const json::Node* node = Next(name);
    const JsonPath path{scope_.path, name};
    if (node != nullptr) {
      ++scope_.found;
      Read(*node, path, value);
    } else if (needed) {
      faults_.Add(path, "is required");
    }
    return node != nullptr;
  }

  // Reads a field that may be left out. True: the field is there and has no fault.
  template <class T>
  bool MaybeMember(const char* name, T* value) {
    const size_t before = faults_.count();
    return Member(name, value, /*needed=*/false) && faults_.count() == before;
  }

  struct Scope {
    const json::Node* object = nullptr;
    const JsonPath* path = nullptr;
    uint32_t next = 0;   // the member after the last one found, as most come in the list's order
    uint32_t found = 0;  // members that the list names; if all are, no member is unknown
    std::vector<std::string_view> known;
  };

  template <class E>
  void WrongName(const JsonPath& path) {
    std::string known;
    for (const auto& [e, name] : EnumNames<E>::names) {
      known += (known.empty() ? "" : ", ") + std::string(name);
    }
    faults_.Add(path, {"must be one of ", known});
  }
  const json::Node* Next(std::string_view name);
  void WrongType(const json::Node& node, const JsonPath& path, const char* wanted);
  void UnknownMembers();

  const json::Document& document_;
  const Reading reading_;
  Faults& faults_;
  Members members_;
  Scope scope_;
};

template <class T>
void CEREAL_LOAD_FUNCTION_NAME(JsonReader& ar, Field<T>& field) {
  ar.Load(field, ar.reading() != Reading::kRequest || !field.rule.defaults);
}
template <class T>
void CEREAL_LOAD_FUNCTION_NAME(JsonReader& ar, Field<std::optional<T>>& field) {
  ar.Load(field, ar.reading() != Reading::kRequest);
}
template <class T>
void CEREAL_LOAD_FUNCTION_NAME(JsonReader& ar, Field<Maybe<T>>& field) {
  ar.Load(field);
}

template <class T>
bool FromJson(const json::Document& document, const json::Node& node, Reading reading, T* value,
              Faults* faults, const std::string& path, Members members) {
  const size_t before = faults->count();
  JsonReader(document, reading, faults, members).Read(node, JsonPath{nullptr, path}, value);
  return faults->count() == before;
}

}  // namespace contacts
