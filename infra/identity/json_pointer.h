// JSON pointers (RFC 6901): "/user/id".
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "events/json/json.h"
#include "events/values/result.h"

namespace contacts {

class JsonPointer {
 public:
  // kBadRequest: it does not begin with '/', or a '~' is followed by neither 0 nor 1. "" points to
  // the whole document.
  static Result<JsonPointer> Parse(std::string_view text);

  // nullptr: the document has no such node. In an array a token is an index, without leading zeros.
  const json::Node* Find(const json::Document& document) const;

  const std::vector<std::string>& tokens() const { return tokens_; }

 private:
  std::vector<std::string> tokens_;
};

}  // namespace contacts
