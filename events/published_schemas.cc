#include "events/published_schemas.h"

#include <variant>

#include "events/json/json_schema.h"
#include "events/record_fields.h"

namespace contacts {
namespace {

constexpr size_t kLineLength = 100;

// The node on one line: {"a": 1, "b": [2, 3]}
std::string Flat(const json::Document& document, const json::Node& node) {
  const bool object = node.kind == json::Kind::kObject;
  if (!object && node.kind != json::Kind::kArray) return std::string(document.Raw(node));
  std::string out(object ? "{" : "[");
  for (uint32_t i = node.first; i != 0; i = document.at(i).next) {
    const json::Node& child = document.at(i);
    if (out.size() > 1) out += ", ";
    if (object) out += '"' + std::string(document.RawName(child)) + "\": ";
    out += Flat(document, child);
  }
  return out + (object ? "}" : "]");
}

// A list over as many lines as it needs.
std::string Filled(const json::Document& document, const json::Node& list, size_t indent) {
  std::string out = "[";
  size_t line = kLineLength;
  for (uint32_t i = list.first; i != 0; i = document.at(i).next) {
    const std::string item = Flat(document, document.at(i));
    if (out.size() > 1) out += ',';
    const bool fits = line + item.size() + 3 <= kLineLength;
    out += fits ? " " : '\n' + std::string(indent + 2, ' ');
    line = (fits ? line + 2 : indent + 2) + item.size();
    out += item;
  }
  return out + '\n' + std::string(indent, ' ') + ']';
}

// A value that fits stays on one line; `before` is the length of the text before it on that line.
std::string Indented(const json::Document& document, const json::Node& node, size_t indent,
                     size_t before) {
  std::string flat = Flat(document, node);
  if (before + flat.size() <= kLineLength && indent > 0) return flat;
  if (node.kind == json::Kind::kArray) return Filled(document, node, indent);
  if (node.kind != json::Kind::kObject) return flat;
  std::string out = "{";
  for (uint32_t i = node.first; i != 0; i = document.at(i).next) {
    const json::Node& child = document.at(i);
    const std::string name =
        std::string(indent + 2, ' ') + '"' + std::string(document.RawName(child)) + "\": ";
    out += (out.size() > 1 ? ",\n" : "\n") + name +
           Indented(document, child, indent + 2, name.size() + 1);
  }
  return out + '\n' + std::string(indent, ' ') + '}';
}

PublishedSchema Published(const std::string& name, const std::string& id, const std::string& title,
                          const std::string& schema) {
  std::string text = R"({"$schema":"http://json-schema.org/draft-07/schema#","$id":")" + id +
                     R"(","title":")" + title + "\"," + schema.substr(1);
  const auto document = json::Document::Parse(text);
  return {name, Indented(*document, document->root(), 0, 0) + '\n'};
}

template <class E>
PublishedSchema OfEvent() {
  const std::string version = std::to_string(E::kVersion);
  return Published(
      E::kType + ('.' + version), DataSchemaOf(E::kType, E::kVersion),
      std::string("The data of ") + E::kType + ", version " + version,
      JsonSchema<EventFields<E>>(SchemaUse::kRecord, SchemaDialect::kDraft07, Members::kClear));
}

template <class E>
PublishedSchema OfBlock() {
  const std::string version = std::to_string(E::kVersion);
  return Published(
      E::kType + ('.' + version) + ".sealed", DataSchemaOf(E::kType, E::kVersion) + ":sealed",
      std::string("The plain text of data.sealed in ") + E::kType + ", version " + version,
      JsonSchema<DataMembers<E>>(SchemaUse::kRecord, SchemaDialect::kDraft07, Members::kPersonal));
}

template <class... E>
std::vector<PublishedSchema> OfEach(std::variant<E...>*) {
  std::vector<PublishedSchema> out{OfEvent<E>()...};
  const auto add = [&]<class One>(const One&) {
    if (HasDataBlock<One>()) out.push_back(OfBlock<One>());
  };
  (add(E{}), ...);
  return out;
}

template <class... E>
std::vector<EventVersion> VersionsOf(std::variant<E...>*) {
  std::vector<EventVersion> out;
  const auto add = [&](const char* type, int newest) {
    for (int version = 1; version <= newest; ++version) out.push_back({type, version});
  };
  (add(E::kType, E::kVersion), ...);
  return out;
}

}  // namespace

std::vector<PublishedSchema> PublishedSchemas() {
  std::vector<PublishedSchema> out = OfEach(static_cast<Event*>(nullptr));
  out.push_back(Published(
      "Record", "urn:contacts:Record", "A record of history: the envelope around an event's data",
      JsonSchema<Envelopment<JsonNode>>(SchemaUse::kEnvelope, SchemaDialect::kDraft07)));
  out.push_back(Published("Record.actorsealed", "urn:contacts:Record:actorsealed",
                          "The plain text of a record's actorsealed",
                          JsonSchema<ActorMembers>(SchemaUse::kRecord, SchemaDialect::kDraft07)));
  out.push_back(Published("LogOpened", "urn:contacts:LogOpened",
                          "An opening record, under the key $log: no part of any history",
                          JsonSchema<OpeningEntry>(SchemaUse::kEnvelope, SchemaDialect::kDraft07)));
  return out;
}

std::vector<EventVersion> EventVersions() { return VersionsOf(static_cast<Event*>(nullptr)); }

}  // namespace contacts
