// The cookie `connect.sid` as express-session 1.19 makes and reads it (cookie 0.7, cookie-signature
// 1.0), so that one service can read the other's.
//
//   value     = percent-encoded( "s:" sid "." signature )
//   signature = base64( HMAC-SHA-256( secret, sid ) ) without "="       43 characters
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace contacts {

inline constexpr std::string_view kSessionCookie = "connect.sid";

// The decoded value of the first cookie of that name in the Cookie headers' values, which count as
// one joined by "; ". None: nullopt. Quotes around it are taken off; percent escapes are decoded
// unless one of them is malformed, then the value stays as it is.
std::optional<std::string> FindCookie(const std::vector<std::string_view>& headers,
                                      std::string_view name);

// The session id in a decoded value, if one of the secrets signed it. Takes the same time for each
// wrong signature. Longer than 512 bytes, unsigned or empty: nullopt.
std::optional<std::string> VerifySession(std::string_view value,
                                         const std::vector<std::string>& secrets);

// The encoded value for Set-Cookie.
std::string SignSession(std::string_view sid, std::string_view secret);

// `name=value` with the attributes of a login: browser-session life (the server knows the end).
std::string SetCookie(std::string_view encoded_value, bool secure);
// The one that makes the client forget it.
std::string ClearCookie();

}  // namespace contacts
