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

// The decoded value of the first cookie of that name in the Cookie headers' values, which count as
// one joined by "; ". None: nullopt. Quotes around it are taken off; percent escapes are decoded
// unless one of them is malformed, then the value stays as it is. Bytes above 0x7f are Latin-1, as
// for Node; the value is UTF-8.
std::optional<std::string> FindCookie(const std::vector<std::string_view>& headers,
                                      std::string_view name);

// How many cookies of that name they hold.
size_t CountCookies(const std::vector<std::string_view>& headers, std::string_view name);

// The session id in a decoded value, if one of the secrets signed it. Takes the same time for each
// wrong signature. Longer than 512 bytes, unsigned or empty: nullopt.
std::optional<std::string> VerifySession(std::string_view value,
                                         const std::vector<std::string>& secrets);

// The encoded value for Set-Cookie.
std::string SignSession(std::string_view sid, std::string_view secret);

// The attributes that a login's cookie has. It has no end of its own: the server knows it.
struct CookieOptions {
  std::string name{kSessionCookie};
  std::string domain = {};  // empty: the host that set it, and no other
  std::string path = "/";
  SameSite same_site = SameSite::kLax;
  SecureCookie secure = SecureCookie::kAuto;

  // nullopt: a browser takes it; else what is wrong with it.
  std::optional<std::string> Fault() const;
  // Whether the cookie of a client that came by https, or did not, is marked so.
  bool IsSecure(bool https) const;
};

// Set-Cookie's value for a login.
std::string SetCookie(const CookieOptions& options, std::string_view encoded_value, bool https);
// The one that makes the client forget it.
std::string ClearCookie(const CookieOptions& options);
// Those that make it forget each other cookie of that name which it may send with a request for
// `path` (decoded) at `host`: of another path, or of the host's domain with or without its first
// labels. A client never says which they are. At most 24, of about 100 bytes each, because a proxy
// in front takes no more than some kilobytes of headers.
std::vector<std::string> ClearElsewhere(const CookieOptions& options, std::string_view host,
                                        std::string_view path, bool https);

}  // namespace contacts
