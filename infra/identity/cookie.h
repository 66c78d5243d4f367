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

enum class SameSite { kLax, kStrict, kNone };
enum class SecureCookie { kAuto, kAlways, kNever };  // kAuto: when the client came by https

// "lax", "strict", "none".
std::string_view LowerCaseName(SameSite same_site);

// The decoded value of the first cookie of this name in the values of the Cookie headers, which
// count as one header joined by "; "; nullopt: there is none. Quotes around it are removed. Percent
// escapes are decoded; if one of them is malformed, none is. Bytes above 0x7f are Latin-1, as for
// Node; the result is UTF-8.
std::optional<std::string> FindCookie(const std::vector<std::string_view>& headers,
                                      std::string_view name);

// The number of cookies of this name in the headers.
size_t CountCookies(const std::vector<std::string_view>& headers, std::string_view name);

// The session id in a decoded value, if one of the secrets signed it. Takes the same time for each
// wrong signature. nullopt: it is longer than 512 bytes, unsigned or empty.
std::optional<std::string> VerifySession(std::string_view value,
                                         const std::vector<std::string>& secrets);

// The encoded value for Set-Cookie.
std::string SignSession(std::string_view sid, std::string_view secret);

// The attributes of a login's cookie. It has no Expires: the server knows the session's end.
struct CookieOptions {
  std::string name{kSessionCookie};
  std::string domain = {};  // empty: the host that set it, and no other
  std::string path = "/";
  SameSite same_site = SameSite::kLax;
  SecureCookie secure = SecureCookie::kAuto;

  // Says what is wrong with the options; nullopt: browsers accept the cookie.
  std::optional<std::string> Fault() const;
  // Whether the cookie gets the attribute Secure. `https`: the client came by https.
  bool IsSecure(bool https) const;
};

// Set-Cookie's value for a login.
std::string SetCookie(const CookieOptions& options, std::string_view encoded_value, bool https);
// Set-Cookie's value that makes the client forget the cookie.
std::string ClearCookie(const CookieOptions& options);
// Values that make the client forget every other cookie of this name that it may send with a
// request for `path` (decoded) at `host`: with another path, or with the host's domain or a parent
// of it. A client never says which cookies it has. At most 24, of about 100 bytes each, because a
// proxy in front accepts only some kilobytes of headers.
std::vector<std::string> ClearElsewhere(const CookieOptions& options, std::string_view host,
                                        std::string_view path, bool https);

}  // namespace contacts
