// Quoted texts in header values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace contacts::api {

// `text` without the quotes around it, if it has both.
std::string_view Unquote(std::string_view text);

// The content of a structured-field string (RFC 8941, 3.3.3); nullopt: `text` is not one.
std::optional<std::string> ReadQuotedString(std::string_view text);

}  // namespace contacts::api
