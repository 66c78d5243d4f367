#include "events/json/json_parser.h"

#include <algorithm>
#include <array>

#include "events/values/ascii.h"
#include "events/values/eight_bytes.h"
#include "events/values/unicode.h"
#include "events/values/utf8.h"

namespace contacts::json {
namespace {

// Bytes that stand for themselves in a string.
constexpr auto kPlain = [] {
  std::array<bool, 256> plain{};
  for (size_t c = 0x20; c < plain.size(); ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

}  // namespace

// Names each character that is not ASCII by its code, because its look may deceive.
bool Parser::Fail(const std::string& what) {
  if (!message_.empty()) return false;
  message_ = what + " at byte " + std::to_string(at_);
  if (!AtEnd() && static_cast<unsigned char>(source_[at_]) >= 0x80) {
    message_ +=
        ", where " + unicode::NameOf(unicode::FirstOf(source_.substr(at_)).code) + " stands";
  }
  return false;
}

void Parser::SkipSpace() {
  while (!AtEnd() && (source_[at_] == ' ' || source_[at_] == '\n' || source_[at_] == '\r' ||
                      source_[at_] == '\t')) {
    ++at_;
  }
}

uint32_t Parser::Add(Kind kind) {
  const auto index = static_cast<uint32_t>(nodes_.size());
  Node node;
  node.kind = kind;
  node.begin = static_cast<uint32_t>(at_);
  if (!open_.empty()) {
    Open& parent = open_.back();
    if (nodes_[parent.node].kind == Kind::kObject) {
      node.name_begin = name_begin_;
      node.name_end = name_end_;
      node.has_escaped_name = name_escaped_;
    }
    ++nodes_[parent.node].count;
    (parent.last == 0 ? nodes_[parent.node].first : nodes_[parent.last].next) = index;
    parent.last = index;
  }
  nodes_.push_back(node);
  return index;
}

bool Parser::Run() {
  nodes_.reserve(source_.size() / 8 + 2);
  nodes_.emplace_back();
  if (source_.starts_with(kByteOrderMark)) return Fail("a byte order mark");
  SkipSpace();
  if (!Value()) return false;
  while (!open_.empty()) {
    if (!AfterValue()) return false;
  }
  SkipSpace();
  return AtEnd() || Fail("something after the JSON text");
}

// Parses one value. For an array or object it parses the opening bracket and goes on with the first
// child, if there is one.
bool Parser::Value() {
  for (;;) {
    const char c = Peek();
    if (c != '{' && c != '[') {
      const uint32_t index = Add(Kind::kNull);
      Node node = nodes_[index];
      if (!Scalar(&node)) return false;
      nodes_[index].kind = node.kind;
      nodes_[index].end = static_cast<uint32_t>(at_);
      return true;
    }
    const uint32_t index = Add(c == '{' ? Kind::kObject : Kind::kArray);
    if (static_cast<int>(open_.size()) == limits_.depth) {
      return Fail("nested deeper than " + std::to_string(limits_.depth) + " levels");
    }
    open_.push_back({index, 0});
    ++at_;
    SkipSpace();
    if (Peek() == (c == '{' ? '}' : ']')) return CloseTop();
    if (c == '{' && !MemberName()) return false;
  }
}

// Parses the comma or closing bracket after a value in the innermost open array or object.
bool Parser::AfterValue() {
  const bool object = nodes_[open_.back().node].kind == Kind::kObject;
  SkipSpace();
  if (Peek() == (object ? '}' : ']')) return CloseTop();
  if (AtEnd() || Peek() != ',') {
    return Fail(AtEnd()  ? "the text ends too early"
                : object ? "expected ',' or '}'"
                         : "expected ',' or ']'");
  }
  ++at_;
  SkipSpace();
  if (object && !MemberName()) return false;
  return Value();
}

bool Parser::CloseTop() {
  ++at_;
  Node& node = nodes_[open_.back().node];
  node.end = static_cast<uint32_t>(at_);
  open_.pop_back();
  return node.kind != Kind::kObject || CheckNames(node);
}

bool Parser::MemberName() {
  if (Peek() != '"') return Fail("expected a member name in quotes");
  name_begin_ = static_cast<uint32_t>(at_ + 1);
  escaped_ = false;
  if (!String()) return false;
  name_escaped_ = escaped_;
  name_end_ = static_cast<uint32_t>(at_ - 1);
  SkipSpace();
  if (AtEnd() || Peek() != ':') return Fail("expected ':'");
  ++at_;
  SkipSpace();
  return true;
}

bool Parser::Scalar(Node* node) {
  switch (Peek()) {
    case '"':
      node->kind = Kind::kString;
      return String();
    case 't':
      node->kind = Kind::kBool;
      return Word("true");
    case 'f':
      node->kind = Kind::kBool;
      return Word("false");
    case 'n':
      node->kind = Kind::kNull;
      return Word("null");
    default:
      break;
  }
  node->kind = Kind::kNumber;
  if (AtEnd()) return Fail("the text ends too early");
  if (Peek() != '-' && !IsDigit(Peek())) return Fail("expected a value");
  return Number();
}

bool Parser::Word(std::string_view word) {
  if (source_.substr(at_, word.size()) != word) return Fail("expected a value");
  at_ += word.size();
  return true;
}

bool Parser::Digits() {
  if (!IsDigit(Peek())) return Fail("expected a digit");
  while (IsDigit(Peek())) ++at_;
  return true;
}

bool Parser::Number() {
  if (Peek() == '-') ++at_;
  if (Peek() == '0') {
    ++at_;
    if (IsDigit(Peek())) return Fail("a number with a leading zero");
  } else if (!Digits()) {
    return false;
  }
  if (Peek() == '.') {
    ++at_;
    if (!Digits()) return false;
  }
  if (Peek() == 'e' || Peek() == 'E') {
    ++at_;
    if (Peek() == '+' || Peek() == '-') ++at_;
    if (!Digits()) return false;
  }
  return true;
}

void Parser::SkipPlain() {
  while (source_.size() - at_ >= EightBytes::kSize &&
         EightBytes(source_.data() + at_).ArePlainInJson()) {
    at_ += EightBytes::kSize;
  }
  while (!AtEnd() && kPlain[static_cast<unsigned char>(source_[at_])]) ++at_;
}

bool Parser::String() {
  for (++at_;; ++at_) {
    SkipPlain();
    if (AtEnd()) return Fail("the text ends inside a string");
    if (source_[at_] == '"') break;
    if (source_[at_] != '\\') return Fail("a control character in a string");
    if (!Escape()) return false;
  }
  ++at_;
  return true;
}

// Stops at the last byte of the escape.
bool Parser::Escape() {
  escaped_ = true;
  ++at_;
  const char c = Peek();
  if (c == 'u') {
    for (int i = 0; i < 4; ++i) {
      ++at_;
      if (HexDigit(Peek()) < 0) return Fail("expected four hex digits after \\u");
    }
  } else if (AtEnd() || std::string_view("\"\\/bfnrt").find(c) == std::string_view::npos) {
    return Fail("an unknown escape");
  }
  return true;
}

// Fails if a name stands twice. Names without escapes, nearly all, are compared by their bytes.
bool Parser::CheckNames(const Node& object) {
  if (object.count < 2) return true;
  names_.clear();
  decoded_.clear();
  for (uint32_t i = object.first; i != 0; i = nodes_[i].next) {
    const std::string_view raw = RawName(nodes_[i]);
    const bool escaped = nodes_[i].has_escaped_name;
    if (escaped && decoded_.empty()) decoded_.reserve(object.count);
    names_.push_back(escaped ? decoded_.emplace_back(DecodedName(raw)) : raw);
  }
  std::sort(names_.begin(), names_.end(), [](std::string_view a, std::string_view b) {
    return a.size() != b.size() ? a.size() < b.size() : a < b;
  });
  const auto twice = std::adjacent_find(names_.begin(), names_.end());
  if (twice == names_.end()) return true;
  uint32_t first = object.first;  // shown as it is written: decoded it may not be UTF-8
  while (DecodedName(RawName(nodes_[first])) != *twice) first = nodes_[first].next;
  return Fail("the member \"" + std::string(ShortName(RawName(nodes_[first]))) +
              "\" stands twice in the object that ends");
}

}  // namespace contacts::json
