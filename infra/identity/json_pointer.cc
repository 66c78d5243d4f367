#include "infra/identity/json_pointer.h"

#include <charconv>

namespace contacts {
namespace {

const json::Node* Element(const json::Document& document, const json::Node& array,
                          const std::string& token) {
  uint32_t index = 0;
  const char* const end = token.data() + token.size();
  const auto [rest, fault] = std::from_chars(token.data(), end, index);
  const bool padded = token.size() > 1 && token[0] == '0';
  if (fault != std::errc() || rest != end || padded || index >= array.count) return nullptr;
  uint32_t at = array.first;
  for (uint32_t i = 0; i < index; ++i) at = document.at(at).next;
  return &document.at(at);
}

}  // namespace

Result<JsonPointer> JsonPointer::Parse(std::string_view text) {
  JsonPointer pointer;
  if (!text.empty() && text[0] != '/') {
    return Error{ErrorCode::kBadRequest, "a JSON pointer begins with '/': /user/id"};
  }
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '/') {
      pointer.tokens_.emplace_back();
    } else if (text[i] != '~') {
      pointer.tokens_.back() += text[i];
    } else {
      const char escaped = ++i < text.size() ? text[i] : '\0';
      if (escaped != '0' && escaped != '1') {
        return Error{ErrorCode::kBadRequest,
                     "in a JSON pointer '~' is written ~0, '/' in a name ~1"};
      }
      pointer.tokens_.back() += escaped == '0' ? '~' : '/';
    }
  }
  return pointer;
}

const json::Node* JsonPointer::Find(const json::Document& document) const {
  const json::Node* node = &document.root();
  for (const std::string& token : tokens_) {
    if (node->kind == json::Kind::kObject) {
      node = document.Find(*node, token);
    } else if (node->kind == json::Kind::kArray) {
      node = Element(document, *node, token);
    } else {
      return nullptr;
    }
    if (node == nullptr) return nullptr;
  }
  return node;
}

}  // namespace contacts
