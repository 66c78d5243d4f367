// Reads JSON (RFC 8259) exactly: no extension, no leniency. Every text that comes from outside, and
// every entry of the log, passes here, so that all readers agree on what is JSON. A text is parsed
// into a flat tree that points into its source; names and strings are decoded only on request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "events/values/result.h"

namespace contacts::json {

enum class Kind : uint8_t { kNull, kBool, kNumber, kString, kArray, kObject };

struct Node {
  Kind kind = Kind::kNull;
  bool has_escaped_name = false;
  uint32_t begin = 0, end = 0;            // source bytes; those of a string include the quotes
  uint32_t name_begin = 0, name_end = 0;  // in an object: the member's name without quotes
  uint32_t next = 0;                      // the next sibling; 0: this is the last
  uint32_t first = 0;                     // the first child; 0: no children
  uint32_t count = 0;                     // number of children
};

struct Limits {
  size_t bytes = 1'000'000;
  int depth = 32;  // an outermost array or object is at depth 1
};

// The tree of one text. `source` must outlive it.
class Document {
 public:
  // The error's code is kBadRequest; its message names the fault and the byte where it is. Faults:
  // not the grammar, not UTF-8, too long, too deep, a member name twice in one object (names are
  // compared decoded).
  static Result<Document> Parse(std::string_view source, Limits limits = {});

  std::string_view source() const { return source_; }
  const Node& root() const { return nodes_[1]; }
  const Node& at(uint32_t index) const { return nodes_[index]; }

  std::string_view Raw(const Node& node) const {
    return source_.substr(node.begin, node.end - node.begin);
  }
  // The name as it is written, escapes included.
  std::string_view RawName(const Node& node) const {
    return source_.substr(node.name_begin, node.name_end - node.name_begin);
  }
  std::string Name(const Node& node) const;
  // Whether `name` is the node's decoded name.
  bool NameIs(const Node& node, std::string_view name) const;
  // The decoded text of a string node. False: it holds a surrogate without its pair, which has no
  // UTF-8 form; `out` then holds U+FFFD in its place.
  bool Text(const Node& node, std::string* out) const;
  // The member whose decoded name is `name`; nullptr: no such member.
  const Node* Find(const Node& object, std::string_view name) const;

 private:
  friend class Parser;
  std::string_view source_;
  std::vector<Node> nodes_;  // [0] is unused, because index 0 means "no node"
};

// A text shortened for a message: at most `most` bytes, cut between characters.
std::string_view ShortText(std::string_view text, size_t most);

inline constexpr size_t kShortName = 64;
inline std::string_view ShortName(std::string_view name) { return ShortText(name, kShortName); }
// ShortName of a name that is written with escapes; decodes only the part that it returns.
std::string ShortDecodedName(std::string_view raw);

// The text without insignificant white space; `text` must have parsed.
std::string Minify(std::string_view text);

// Appends `text` as a JSON string with quotes, and escapes only where JSON requires it. Bytes that
// are not UTF-8 become U+FFFD (MendUtf8), so that all JSON written here can be read again.
void AppendString(std::string_view text, std::string* out);
std::string Quoted(std::string_view text);

}  // namespace contacts::json
