// Parses answers as a strict client does.
#pragma once

#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "infra/http/message.h"

namespace contacts::http {

struct ReadAnswer {
  int status = 0;
  std::vector<Header> headers;
  std::string body;

  std::string Value(std::string_view name) const {
    Request fields;
    fields.headers = headers;
    return std::string(fields.Find(name).value_or(""));
  }
};

// Removes the answer that *text begins with, and returns it; nullopt: it is incomplete or
// malformed. `head_only`: it answers HEAD.
inline std::optional<ReadAnswer> TakeAnswer(std::string* text, bool head_only = false) {
  const size_t end = text->find("\r\n\r\n");
  if (end == std::string::npos || !text->starts_with("HTTP/1.1 ")) return std::nullopt;
  ReadAnswer answer;
  answer.status = static_cast<int>(std::strtol(text->c_str() + 9, nullptr, 10));
  size_t length = 0;
  for (size_t line = text->find("\r\n") + 2; line < end + 2;) {
    const size_t line_end = text->find("\r\n", line);
    const size_t colon = text->find(": ", line);
    answer.headers.push_back(
        {text->substr(line, colon - line), text->substr(colon + 2, line_end - colon - 2)});
    if (answer.headers.back().name == "Content-Length") {
      length = std::strtoul(answer.headers.back().value.c_str(), nullptr, 10);
    }
    line = line_end + 2;
  }
  if (head_only) length = 0;
  if (text->size() < end + 4 + length) return std::nullopt;
  answer.body = text->substr(end + 4, length);
  text->erase(0, end + 4 + length);
  return answer;
}

}  // namespace contacts::http
