// FromJson of json_archive.h.
#pragma once

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "events/field.h"
#include "events/hash.h"
#include "events/json.h"

namespace contacts {

// Appends `name` to a JSON pointer (RFC 6901, section 3).
std::string JsonPointer(const std::string& base, std::string_view name);

class JsonReader : public cereal::InputArchive<JsonReader> {
 public:
  JsonReader(const json::Document& document, Reading reading, std::vector<FieldFault>* faults)
      : cereal::InputArchive<JsonReader>(this),
        document_(document),
        reading_(reading),
        faults_(*faults) {}

  void Read(const json::Node& node, const std::string& path, bool* value);
  void Read(const json::Node& node, const std::string& path, int64_t* value);
  void Read(const json::Node& node, const std::string& path, std::string* value);
  void Read(const json::Node& node, const std::string& path, Timestamp* value);
  void Read(const json::Node& node, const std::string& path, Hash* value);
  void Read(const json::Node& node, const std::string& path, RawJson* value);

  template <class Rep, class Tag>
  void Read(const json::Node& node, const std::string& path, Strong<Rep, Tag>* value) {
    Read(node, path, &value->value);
  }
  template <class E>
  requires std::is_enum_v<E>
  void Read(const json::Node& node, const std::string& path, E* value) {
    std::string text;
    std::string known;
    if (node.kind == json::Kind::kString && document_.Text(node, &text)) {
      if (const auto found = EnumFrom<E>(text)) {
        *value = *found;
        return;
      }
    }
    for (const auto& [e, name] : EnumNames<E>::names) {
      known += (known.empty() ? "" : ", ") + std::string(name);
    }
    Fault(path, "must be one of " + known);
  }
  template <class T>
  void Read(const json::Node& node, const std::string& path, std::optional<T>* value) {
    if (node.kind == json::Kind::kNull) {
      value->reset();
    } else {
      T inner{};
      const size_t before = faults_.size();
      Read(node, path, &inner);
      if (faults_.size() == before) *value = std::move(inner);
    }
  }
  template <class T>
  void Read(const json::Node& node, const std::string& path, std::vector<T>* values) {
    if (node.kind != json::Kind::kArray) return WrongType(node, path, "an array");
    values->clear();
    for (uint32_t i = node.first; i != 0; i = document_.at(i).next) {
      Read(document_.at(i), JsonPointer(path, std::to_string(values->size())),
           &values->emplace_back());
    }
  }
  template <class T>
  requires requires(T& t, JsonReader& ar) { t.serialize(ar); }
  void Read(const json::Node& node, const std::string& path, T* value) {
    if (node.kind != json::Kind::kObject) return WrongType(node, path, "an object");
    Scope outer = std::exchange(scope_, Scope{&node, path, {}});
    value->serialize(*this);
    if (reading_ != Reading::kEnvelope) UnknownMembers();
    scope_ = std::move(outer);
  }

  // A field of the object being read; `needed`: its absence is a fault.
  template <class T>
  void Member(const char* name, T* value, bool needed) {
    scope_.known.push_back(name);
    const json::Node* node = document_.Find(*scope_.object, name);
    const std::string path = JsonPointer(scope_.path, name);
    if (node != nullptr) {
      Read(*node, path, value);
    } else if (needed) {
      Fault(path, "is required");
    }
  }

  // One that may be left out; `there`: it was read without a fault.
  template <class T>
  void MaybeMember(const char* name, T* value, bool* there) {
    const size_t before = faults_.size();
    Member(name, value, /*needed=*/false);
    *there = faults_.size() == before && document_.Find(*scope_.object, name) != nullptr;
  }

  Reading reading() const { return reading_; }

 private:
  struct Scope {
    const json::Node* object = nullptr;
    std::string path;
    std::vector<const char*> known;
  };

  void Fault(const std::string& path, std::string message) {
    faults_.push_back({path, std::move(message)});
  }
  void WrongType(const json::Node& node, const std::string& path, const char* wanted);
  void UnknownMembers();

  const json::Document& document_;
  const Reading reading_;
  std::vector<FieldFault>& faults_;
  Scope scope_;
};

template <class T>
void CEREAL_LOAD_FUNCTION_NAME(JsonReader& ar, Field<T>& field) {
  ar.Member(field.name, &field.value, ar.reading() != Reading::kRequest || !field.rule.defaults);
}
template <class T>
void CEREAL_LOAD_FUNCTION_NAME(JsonReader& ar, Field<std::optional<T>>& field) {
  ar.Member(field.name, &field.value, ar.reading() != Reading::kRequest);
}
template <class T>
void CEREAL_LOAD_FUNCTION_NAME(JsonReader& ar, Field<Maybe<T>>& field) {
  T inner{};
  bool there = false;
  ar.MaybeMember(field.name, &inner, &there);
  if (there) field.value.emplace(std::move(inner));
}

template <class T>
bool FromJson(const json::Document& document, const json::Node& node, Reading reading, T* value,
              std::vector<FieldFault>* faults, const std::string& path) {
  const size_t before = faults->size();
  JsonReader(document, reading, faults).Read(node, path, value);
  return faults->size() == before;
}

}  // namespace contacts
