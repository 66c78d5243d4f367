// Ids by which logs and services follow a request.
#pragma once

#include <string>
#include <string_view>

namespace contacts::http {

// 32 hexadecimal digits, random but not secret.
std::string MakeRequestId();

// 1 to 128 characters that are safe in a log line and in a header.
bool IsRequestId(std::string_view text);

// W3C Trace Context, 3.2: `version-traceid-parentid-flags`, lower case, ids not all zero. Later
// versions may have more after that, only visible ASCII, because records and logs take it as it is.
bool IsTraceparent(std::string_view text);

}  // namespace contacts::http
