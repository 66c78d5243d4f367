#include <algorithm>
#include <charconv>

#include "events/json_archive.h"

namespace contacts {

std::string JsonPointer(const std::string& base, std::string_view name) {
  std::string out = base + '/';
  for (const char c : name) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
  return out;
}

namespace {

// Unknown members named one by one. An answer must not grow with the nonsense of its request.
constexpr size_t kMostUnknown = 50;

const char* NameOfKind(json::Kind kind) {
  switch (kind) {
    case json::Kind::kNull:
      return "null";
    case json::Kind::kBool:
      return "a boolean";
    case json::Kind::kNumber:
      return "a number";
    case json::Kind::kString:
      return "a string";
    case json::Kind::kArray:
      return "an array";
    case json::Kind::kObject:
      return "an object";
  }
  return "";
}

}  // namespace

const json::Node* JsonReader::Next(std::string_view name) {
  const json::Node* node = nullptr;
  if (scope_.next != 0 && document_.RawName(document_.at(scope_.next)) == name) {
    node = &document_.at(scope_.next);
  } else {
    node = document_.Find(*scope_.object, name);
  }
  if (node != nullptr) scope_.next = node->next;
  return node;
}

void JsonReader::WrongType(const json::Node& node, const JsonPath& path, const char* wanted) {
  Fault(path, std::string("must be ") + wanted + ", not " + NameOfKind(node.kind));
}

void JsonReader::UnknownMembers() {
  size_t unknown = 0;
  for (uint32_t i = scope_.object->first; i != 0; i = document_.at(i).next) {
    const std::string name = document_.Name(document_.at(i));
    const bool known = std::any_of(scope_.known.begin(), scope_.known.end(),
                                   [&](const char* k) { return name == k; });
    if (known || ++unknown > kMostUnknown) continue;
    // A name may hold anything, also what is no UTF-8 once decoded: it is shown as it was written.
    const std::string_view shown = json::ShortName(document_.RawName(document_.at(i)));
    Fault(JsonPath{scope_.path, shown}, "is not a known field");
  }
  if (unknown > kMostUnknown) {
    Fault(*scope_.path,
          "has " + std::to_string(unknown - kMostUnknown) + " more fields that are not known");
  }
}

void JsonReader::Read(const json::Node& node, const JsonPath& path, bool* value) {
  if (node.kind != json::Kind::kBool) return WrongType(node, path, "a boolean");
  *value = document_.Raw(node) == "true";
}

void JsonReader::Read(const json::Node& node, const JsonPath& path, int64_t* value) {
  if (node.kind != json::Kind::kNumber) return WrongType(node, path, "an integer");
  const std::string_view raw = document_.Raw(node);
  int64_t read = 0;
  const auto [end, error] = std::from_chars(raw.data(), raw.data() + raw.size(), read);
  if (error != std::errc() || end != raw.data() + raw.size()) {
    return Fault(path,
                 "must be an integer of at most 64 bits, written without fraction or exponent");
  }
  *value = read;
}

void JsonReader::Read(const json::Node& node, const JsonPath& path, std::string* value) {
  if (node.kind != json::Kind::kString) return WrongType(node, path, "a string");
  std::string text;
  if (!document_.Text(node, &text)) return Fault(path, "holds a surrogate without its pair");
  *value = std::move(text);
}

void JsonReader::Read(const json::Node& node, const JsonPath& path, Timestamp* value) {
  std::string text;
  if (node.kind != json::Kind::kString) return WrongType(node, path, "a string");
  const auto time = document_.Text(node, &text) ? ParseTimestamp(text) : std::nullopt;
  if (!time) return Fault(path, "must be a time like 2026-11-23T10:00:00.123Z");
  *value = *time;
}

void JsonReader::Read(const json::Node& node, const JsonPath& path, Hash* value) {
  std::string text;
  if (node.kind != json::Kind::kString) return WrongType(node, path, "a string");
  const auto hash = document_.Text(node, &text) ? HashFromHex(text) : std::nullopt;
  if (!hash) return Fault(path, "must be 64 lower-case hex digits");
  *value = *hash;
}

void JsonReader::Read(const json::Node& node, const JsonPath& path, RawJson* value) {
  if (node.kind != json::Kind::kObject) return WrongType(node, path, "an object");
  value->text = json::Minify(document_.Raw(node));
}

}  // namespace contacts
