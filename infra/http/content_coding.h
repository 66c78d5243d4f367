// Compressed answers: what the client takes, and the compressing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "infra/http/message.h"

namespace contacts::http {

enum class Coding { kIdentity, kGzip };

// The coding for an answer by all Accept-Encoding values of the request (RFC 9110, 12.5.3): gzip if
// its weight is above 0 and not below that of no coding. A malformed weight counts as 0.
Coding ChooseCoding(const std::vector<std::string_view>& accept_encoding);

// One gzip member (RFC 1952). Throws std::bad_alloc only.
std::string Gzip(std::string_view text);

// Compresses the body of a 200 if the client takes it, it is longer than a packet and has no
// coding yet; says so in Content-Encoding, and in Vary always. An ETag must be made with the coding
// in mind by whoever sets it.
void CompressFor(const Request& request, Response* response);

}  // namespace contacts::http
