#include "infra/http/target.h"

#include <http_parser.h>

#include <algorithm>
#include <cstddef>

#include "events/values/ascii.h"
#include "events/values/utf8.h"
#include "infra/http/text.h"

namespace contacts::http {
namespace {

bool IsPathChar(char c) {
  return IsAlphanumeric(c) ||
         std::string_view("-._~!$&'()*+,;=:@%/").find(c) != std::string_view::npos;
}

// Browsers send some characters unescaped that RFC 3986 forbids in a query.
bool IsQueryChar(char c) {
  return IsPathChar(c) || std::string_view("?[]{}|\\^`").find(c) != std::string_view::npos;
}

// Text that may be shown, compared and logged: no NUL (C strings end there), valid UTF-8.
bool IsText(std::string_view text) {
  return text.find('\0') == std::string_view::npos && IsUtf8(text);
}

std::optional<Refusal> ReadPath(std::string_view path, Target* out) {
  if (!std::all_of(path.begin(), path.end(), IsPathChar)) {
    return Refusal{400, "path: a character that must be percent-encoded"};
  }
  std::optional<std::string> decoded = PercentDecode(path, {.keep_slash = true});
  if (!decoded) return Refusal{400, "path: a percent sign without two hexadecimal digits"};
  if (!IsText(*decoded)) return Refusal{400, "path: not valid UTF-8, or NUL"};
  out->path = std::move(*decoded);
  return std::nullopt;
}

std::optional<Refusal> ReadQuery(std::string_view query, Target* out) {
  if (!std::all_of(query.begin(), query.end(), IsQueryChar)) {
    return Refusal{400, "query: a character that must be percent-encoded"};
  }
  for (size_t begin = 0; begin < query.size();) {
    const size_t end = std::min(query.find('&', begin), query.size());
    const std::string_view pair = query.substr(begin, end - begin);
    const size_t equals = std::min(pair.find('='), pair.size());
    auto name = PercentDecode(pair.substr(0, equals), {.plus_is_space = true});
    auto value =
        PercentDecode(pair.substr(std::min(equals + 1, pair.size())), {.plus_is_space = true});
    if (!name || !value) {
      return Refusal{400, "query: a percent sign without two hexadecimal digits"};
    }
    if (!IsText(*name) || !IsText(*value)) return Refusal{400, "query: not valid UTF-8, or NUL"};
    out->query.emplace_back(std::move(*name), std::move(*value));
    begin = end + 1;
  }
  return std::nullopt;
}

std::optional<Refusal> ReadPathAndQuery(std::string_view text, Target* out) {
  const size_t question = std::min(text.find('?'), text.size());
  if (auto refusal = ReadPath(text.substr(0, question), out)) return refusal;
  return ReadQuery(text.substr(std::min(question + 1, text.size())), out);
}

}  // namespace

bool IsHost(std::string_view text) {
  if (text.empty()) return true;
  // http-parser knows the grammar of an authority; it is too lenient with these characters.
  if (text.find_first_of("/?#@ \t%\\") != std::string_view::npos) return false;
  const std::string url = "http://" + std::string(text) + "/";
  http_parser_url parts;
  http_parser_url_init(&parts);
  if (http_parser_parse_url(url.data(), url.size(), 0, &parts) != 0) return false;
  return (parts.field_set & (1 << UF_HOST)) != 0 && parts.field_data[UF_HOST].len > 0;
}

std::optional<Refusal> ReadTarget(std::string_view method, std::string_view target, Target* out) {
  if (target == "*") {
    if (method != "OPTIONS") return Refusal{400, "request target: only OPTIONS may have *"};
    out->path = "*";
    return std::nullopt;
  }
  if (target.starts_with('/')) return ReadPathAndQuery(target, out);
  const size_t scheme = target.find("://");
  if (scheme == std::string_view::npos ||
      !(EqualsIgnoringCase(target.substr(0, scheme), "http") ||
        EqualsIgnoringCase(target.substr(0, scheme), "https"))) {
    return Refusal{400, "request target: must be a path, or an http or https address"};
  }
  const std::string_view rest = target.substr(scheme + 3);
  const size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  const std::string_view host = rest.substr(0, end);
  if (host.empty() || !IsHost(host)) return Refusal{400, "request target: malformed host"};
  out->host = std::string(host);
  const std::string_view tail = rest.substr(end);
  if (tail.starts_with('/')) return ReadPathAndQuery(tail, out);
  out->path = "/";
  return tail.starts_with('?') ? ReadQuery(tail.substr(1), out)
         : tail.empty()        ? std::nullopt
                        : std::optional<Refusal>({400, "request target: must not have a fragment"});
}

}  // namespace contacts::http
