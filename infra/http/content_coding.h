// The content coding that a client takes.
#pragma once

#include <string_view>
#include <vector>

namespace contacts::http {

enum class Coding { kIdentity, kGzip };

// The coding for an answer by all Accept-Encoding values of the request (RFC 9110, 12.5.3): gzip if
// its weight is above 0 and not below that of no coding. A malformed weight counts as 0.
Coding ChooseCoding(const std::vector<std::string_view>& accept_encoding);

}  // namespace contacts::http
