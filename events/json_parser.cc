#include "events/json_parser.h"

#include <algorithm>

namespace contacts::json {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsHexDigit(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

}  // namespace

bool Parser::Fail(const std::string& what) {
  if (message_.empty()) message_ = what + " at byte " + std::to_string(at_);
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
  SkipSpace();
  if (!Value()) return false;
  while (!open_.empty()) {
    if (!AfterValue()) return false;
  }
  SkipSpace();
  return AtEnd() || Fail("something after the JSON text");
}

// One value; of an array or object its opening and, unless it is empty, its first child.
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

// What follows a value inside the innermost open array or object.
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
  if (!String()) return false;
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

bool Parser::String() {
  for (++at_; !AtEnd();) {
    const char c = source_[at_];
    if (c == '"') {
      ++at_;
      return true;
    }
    if (static_cast<unsigned char>(c) < 0x20) return Fail("a control character in a string");
    if (c != '\\') {
      ++at_;
    } else if (!Escape()) {
      return false;
    }
  }
  return Fail("the text ends inside a string");
}

bool Parser::Escape() {
  ++at_;
  const char c = Peek();
  if (c == 'u') {
    for (int i = 0; i < 4; ++i) {
      ++at_;
      if (!IsHexDigit(Peek())) return Fail("expected four hex digits after \\u");
    }
  } else if (AtEnd() || std::string_view("\"\\/bfnrt").find(c) == std::string_view::npos) {
    return Fail("an unknown escape");
  }
  ++at_;
  return true;
}

// No name twice. Names are compared by their bytes where none is escaped, which is nearly always.
bool Parser::CheckNames(const Node& object) {
  if (object.count < 2) return true;
  std::vector<std::string_view> names;
  std::vector<std::string> decoded;
  names.reserve(object.count);
  decoded.reserve(object.count);  // must not move: `names` points into it
  for (uint32_t i = object.first; i != 0; i = nodes_[i].next) {
    const std::string_view raw =
        source_.substr(nodes_[i].name_begin, nodes_[i].name_end - nodes_[i].name_begin);
    names.push_back(raw.find('\\') == raw.npos ? raw : decoded.emplace_back(DecodedName(raw)));
  }
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice == names.end()) return true;
  return Fail("the member \"" + std::string(twice->substr(0, 64)) +
              "\" stands twice in the object that ends");
}

}  // namespace contacts::json
