// What header values share beyond infra/http/text.h: quotes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace contacts::api {

// The members of a comma-separated list, trimmed, empty ones left out. A comma in quotes does not
// separate.
std::vector<std::string_view> SplitList(std::string_view value);

// Without the quotes around it, if it has both.
std::string_view Unquote(std::string_view text);

// The text of a structured-field string (RFC 8941, 3.3.3); nullopt: it is none.
std::optional<std::string> ReadQuotedString(std::string_view text);

}  // namespace contacts::api
