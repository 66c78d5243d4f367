#include <algorithm>
#include <charconv>

#include "events/json/json_archive.h"
#include "events/values/unicode.h"

namespace contacts {

namespace {

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
  faults_.Add(path, {"must be ", wanted, ", not ", NameOfKind(node.kind)});
}

void JsonReader::UnknownMembers() {
  for (uint32_t i = scope_.object->first; i != 0; i = document_.at(i).next) {
    const json::Node& member = document_.at(i);
    const auto is_its_name = [&](std::string_view name) { return document_.NameIs(member, name); };
    if (std::any_of(scope_.known.begin(), scope_.known.end(), is_its_name)) continue;
    // Shown as it was written, because a name can be decoded to bytes that are not UTF-8.
    const JsonPath path{scope_.path, document_.RawName(member)};
    const std::string name = document_.Name(member);
    const auto unseen = unicode::FirstUnseen(name);
    if (!unseen) {
      faults_.Add(path, "is not a known field");
      continue;
    }
    const std::string seen = unicode::WithoutUnseen(name);
    const bool is_meant =
        std::find(scope_.known.begin(), scope_.known.end(), seen) != scope_.known.end();
    faults_.Add(path, {"is not a known field; it ", is_meant ? "is '" : "holds ",
                       is_meant ? seen : "", is_meant ? "' but for " : "", unseen->Shown()});
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
    return faults_.Add(
        path, "must be an integer of at most 64 bits, written without fraction or exponent");
  }
  *value = read;
}

void JsonReader::Read(const json::Node& node, const JsonPath& path, std::string* value) {
  if (node.kind != json::Kind::kString) return WrongType(node, path, "a string");
  std::string text;
  if (!document_.Text(node, &text)) return faults_.Add(path, "holds a surrogate without its pair");
  *value = std::move(text);
}

void JsonReader::Read(const json::Node& node, const JsonPath& path, Timestamp* value) {
  std::string text;
  if (node.kind != json::Kind::kString) return WrongType(node, path, "a string");
  const auto time = document_.Text(node, &text) ? ParseTimestamp(text) : std::nullopt;
  if (!time) return faults_.Add(path, "must be a time like 2026-11-23T10:00:00.123Z");
  *value = *time;
}

void JsonReader::Read(const json::Node& node, const JsonPath& path, Hash* value) {
  std::string text;
  if (node.kind != json::Kind::kString) return WrongType(node, path, "a string");
  const auto hash = document_.Text(node, &text) ? HashFromHex(text) : std::nullopt;
  if (!hash) return faults_.Add(path, "must be 64 lower-case hex digits");
  *value = *hash;
}

void JsonReader::Read(const json::Node& node, const JsonPath& path, RawJson* value) {
  if (node.kind != json::Kind::kObject) return WrongType(node, path, "an object");
  value->text = json::Minify(document_.Raw(node));
}

}  // namespace contacts
