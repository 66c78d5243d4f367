// The request target (RFC 9112, 3.2) and the Host header, read strictly.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "infra/http/head_lines.h"

namespace contacts::http {

struct Target {
  std::string path;                                        // decoded, "%2F" kept; "*" for OPTIONS *
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  std::optional<std::string> host;                         // of the absolute form only
};

// Reads the origin-form, absolute-form (http, https; no user) and asterisk-form (OPTIONS only). The
// 400 names the fault: a byte that RFC 3986 does not allow, a bad escape, an escaped NUL, invalid
// UTF-8.
std::optional<Refusal> ReadTarget(std::string_view method, std::string_view target, Target* out);

// True: host [ ":" port ] with a name, an IPv4 or a bracketed IPv6 address; empty is allowed (RFC
// 9112).
bool IsHost(std::string_view text);

}  // namespace contacts::http
