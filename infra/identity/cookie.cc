#include "infra/identity/cookie.h"

#include <openssl/crypto.h>

#include <algorithm>

#include "events/values/ascii.h"
#include "events/values/base64.h"
#include "events/values/hash.h"
#include "events/values/utf8.h"

namespace contacts {
namespace {

constexpr size_t kMaxValue = 512;

// Node decodes a header's bytes as Latin-1, and hashes the resulting text as UTF-8.
std::string FromLatin1(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) AppendUtf8(static_cast<unsigned char>(c), &text);
  return text;
}

// Like decodeURIComponent: a text that does not decode to UTF-8 as a whole is returned undecoded.
std::string DecodedComponent(const std::string& text) {
  std::optional<std::string> decoded = PercentDecode(text);
  return decoded && IsUtf8(*decoded) ? *std::move(decoded) : text;
}

std::string PercentEncode(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const bool plain =
        IsAlphanumeric(c) || std::string_view("-_.!~*'()").find(c) != std::string_view::npos;
    if (plain) {
      encoded += c;
    } else {
      encoded += '%';
      encoded += kHex[static_cast<unsigned char>(c) >> 4];
      encoded += kHex[static_cast<unsigned char>(c) & 15];
    }
  }
  return encoded;
}

std::string Signature(std::string_view sid, std::string_view secret) {
  const Hash mac = HmacSha256(secret, sid);
  std::string text = ToBase64({reinterpret_cast<const char*>(mac.bytes.data()), mac.bytes.size()});
  text.erase(text.find_last_not_of('=') + 1);
  return text;
}

bool IsToken(std::string_view text) {
  const auto is_separator = [](char c) {
    return std::string_view("()<>@,;:\\\"/[]?={}").find(c) != std::string_view::npos;
  };
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return c > 0x20 && c < 0x7f && !is_separator(c);
  });
}

bool IsAttribute(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c > 0x20 && c < 0x7f && c != ';' && c != ','; });
}

std::string Attributes(const CookieOptions& options, bool https) {
  std::string same_site(LowerCaseName(options.same_site));
  same_site[0] = static_cast<char>(same_site[0] - 'a' + 'A');
  return (options.domain.empty() ? "" : "; Domain=" + options.domain) + "; Path=" + options.path +
         "; HttpOnly; SameSite=" + same_site + (options.IsSecure(https) ? "; Secure" : "");
}

constexpr const char* kLongPast = "; Expires=Thu, 01 Jan 1970 00:00:00 GMT";

// Calls `take` with the trimmed value of each cookie of this name, until it returns false.
template <class Take>
void ForEachCookie(const std::vector<std::string_view>& headers, std::string_view name,
                   const Take& take) {
  for (std::string_view rest : headers) {
    while (!rest.empty()) {
      const size_t end = std::min(rest.find(';'), rest.size());
      const std::string_view pair = rest.substr(0, end);
      rest.remove_prefix(std::min(end + 1, rest.size()));
      const size_t equals = pair.find('=');
      if (equals == std::string_view::npos || TrimSpace(pair.substr(0, equals)) != name) continue;
      if (!take(TrimSpace(pair.substr(equals + 1)))) return;
    }
  }
}

void AddOnce(std::string_view text, std::vector<std::string>* texts) {
  if (std::find(texts->begin(), texts->end(), text) == texts->end()) texts->emplace_back(text);
}

// The paths of cookies that a request for `path` carries: "/", and each prefix of whole segments;
// the first segment also with a slash after it, as proxies write a prefix.
std::vector<std::string> PathsOfCookies(const CookieOptions& options, std::string_view path) {
  constexpr size_t kMostPaths = 6;
  std::vector<std::string> paths = {"/"};
  AddOnce(options.path, &paths);
  for (size_t end = 0; end != std::string_view::npos && paths.size() < kMostPaths;) {
    const bool is_first = end == 0;
    end = path.find('/', end + 1);
    const std::string_view begin = path.substr(0, end);
    if (begin.size() < 2 || !IsAttribute(begin)) break;
    AddOnce(begin, &paths);
    if (is_first && end != std::string_view::npos) AddOnce(path.substr(0, end + 1), &paths);
  }
  return paths;
}

// The domains of cookies that a host gets: no domain, the host, and its parent domains down to two
// labels. An address and a name of one label have no domain.
std::vector<std::string> DomainsOfCookies(const CookieOptions& options, std::string_view host) {
  constexpr size_t kMostDomains = 4;
  std::vector<std::string> domains = {""};
  if (!options.domain.empty()) domains.push_back(options.domain);
  const auto is_of_name = [](char c) { return IsAlphanumeric(c) || c == '-' || c == '.'; };
  host = host.substr(0, host.rfind(':'));
  const size_t last_dot = host.rfind('.');
  const bool is_name = last_dot != std::string_view::npos && last_dot + 1 < host.size() &&
                       std::all_of(host.begin(), host.end(), is_of_name) &&
                       host.find_first_of("0123456789", last_dot) == std::string_view::npos;
  while (is_name && host.find('.') != std::string_view::npos && domains.size() < kMostDomains) {
    AddOnce(host, &domains);
    host.remove_prefix(host.find('.') + 1);
  }
  return domains;
}

}  // namespace

std::optional<std::string> FindCookie(const std::vector<std::string_view>& headers,
                                      std::string_view name) {
  std::optional<std::string> found;
  ForEachCookie(headers, name, [&](std::string_view value) {
    if (!value.empty() && value.front() == '"' && value.back() == '"') {
      value = value.size() < 2 ? std::string_view() : value.substr(1, value.size() - 2);
    }
    found = value.size() > 3 * kMaxValue ? std::string() : DecodedComponent(FromLatin1(value));
    return false;
  });
  return found;
}

size_t CountCookies(const std::vector<std::string_view>& headers, std::string_view name) {
  size_t count = 0;
  ForEachCookie(headers, name, [&](std::string_view) { return ++count > 0; });
  return count;
}

std::optional<std::string> VerifySession(std::string_view value,
                                         const std::vector<std::string>& secrets) {
  if (value.size() > kMaxValue || value.substr(0, 2) != "s:") return std::nullopt;
  value.remove_prefix(2);
  const size_t dot = value.rfind('.');  // a session id may hold dots itself
  if (dot == std::string_view::npos || dot == 0) return std::nullopt;
  const std::string_view sid = value.substr(0, dot);
  const std::string_view given = value.substr(dot + 1);
  bool verified = false;
  for (const std::string& secret : secrets) {
    const std::string expected = Signature(sid, secret);
    verified |= given.size() == expected.size() &&
                CRYPTO_memcmp(given.data(), expected.data(), expected.size()) == 0;
  }
  if (!verified) return std::nullopt;
  return std::string(sid);
}

std::string SignSession(std::string_view sid, std::string_view secret) {
  return PercentEncode("s:" + std::string(sid) + "." + Signature(sid, secret));
}

std::string_view LowerCaseName(SameSite same_site) {
  switch (same_site) {
    case SameSite::kStrict:
      return "strict";
    case SameSite::kNone:
      return "none";
    case SameSite::kLax:
      break;
  }
  return "lax";
}

std::optional<std::string> CookieOptions::Fault() const {
  if (!IsToken(name)) return "the cookie's name holds a character that it cannot hold";
  for (const std::string* text : {&domain, &path}) {
    if (!IsAttribute(*text)) {
      return "'" + *text + "' holds a character that a cookie's attribute cannot hold";
    }
  }
  if (path.substr(0, 1) != "/") return "the cookie's path must begin with '/'";
  if (same_site == SameSite::kNone && secure == SecureCookie::kNever) {
    return "browsers refuse a cookie with SameSite=None that is not Secure";
  }
  return std::nullopt;
}

bool CookieOptions::IsSecure(bool https) const {
  if (secure == SecureCookie::kAuto) return https || same_site == SameSite::kNone;
  return secure == SecureCookie::kAlways;
}

std::string SetCookie(const CookieOptions& options, std::string_view encoded_value, bool https) {
  return options.name + "=" + std::string(encoded_value) + Attributes(options, https);
}

std::string ClearCookie(const CookieOptions& options) {
  return options.name + "=" + Attributes(options, false) + kLongPast;
}

std::vector<std::string> ClearElsewhere(const CookieOptions& options, std::string_view host,
                                        std::string_view path, bool https) {
  std::vector<std::string> cleared;
  for (const std::string& domain : DomainsOfCookies(options, host)) {
    for (const std::string& cookie_path : PathsOfCookies(options, path)) {
      if (domain == options.domain && cookie_path == options.path) continue;
      CookieOptions other = options;
      other.domain = domain;
      other.path = cookie_path;
      cleared.push_back(other.name + "=" + Attributes(other, https) + kLongPast);
    }
  }
  return cleared;
}

}  // namespace contacts
