// Parses the grammar of RFC 8259 over bytes that are valid UTF-8. Iterative, so depth costs no
// stack. Only json.cc uses it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "events/json/json.h"

namespace contacts::json {

// The decoded name of a member, equal for all spellings of the name. A lone surrogate becomes three
// bytes that occur in no UTF-8 text.
std::string DecodedName(std::string_view raw);

class Parser {
 public:
  Parser(std::string_view source, Limits limits, std::vector<Node>* nodes)
      : source_(source), limits_(limits), nodes_(*nodes) {}

  bool Run();
  // The fault, after Run returned false.
  const std::string& message() const { return message_; }

 private:
  struct Open {
    uint32_t node;
    uint32_t last;  // the newest child; 0: none yet
  };

  bool Fail(const std::string& what);
  void SkipSpace();
  bool AtEnd() const { return at_ == source_.size(); }
  char Peek() const { return AtEnd() ? '\0' : source_[at_]; }
  bool Value();
  bool Scalar(Node* node);
  bool Word(std::string_view word);
  bool Number();
  bool Digits();
  void SkipPlain();
  bool String();
  bool Escape();
  bool MemberName();
  bool AfterValue();
  bool CloseTop();
  bool CheckNames(const Node& object);
  std::string_view RawName(const Node& node) const {
    return source_.substr(node.name_begin, node.name_end - node.name_begin);
  }
  uint32_t Add(Kind kind);

  std::string_view source_;
  const Limits limits_;
  std::vector<Node>& nodes_;
  std::vector<Open> open_;
  size_t at_ = 0;
  uint32_t name_begin_ = 0, name_end_ = 0;
  bool escaped_ = false;                 // the string read last has escapes
  bool name_escaped_ = false;            // the name read last has escapes
  std::vector<std::string_view> names_;  // of the object that CheckNames checks
  std::vector<std::string> decoded_;     // texts of the decoded ones in `names_`; must not move
  std::string message_;
};

}  // namespace contacts::json
