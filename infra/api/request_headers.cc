#include "infra/api/request_headers.h"

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>
#include <vector>

#include "command/validation.h"
#include "events/values/ascii.h"
#include "events/values/unicode.h"
#include "events/values/utf8.h"
#include "infra/api/quoted_text.h"
#include "infra/http/text.h"
#include "infra/http/weighted_list.h"

namespace contacts::api {
namespace {

constexpr size_t kMaxKey = 255;

Error BadHeader(const std::string& message) { return {ErrorCode::kBadRequest, message}; }

// The header's only value; more than one is an error.
Result<std::optional<std::string_view>> OneValue(const http::Request& request, const char* name) {
  const std::vector<std::string_view> values = request.FindAll(name);
  if (values.size() > 1) return BadHeader(std::string(name) + " must be given once");
  if (values.empty()) return std::optional<std::string_view>{};
  return std::optional(TrimSpace(values.front()));
}

// A header value may hold any byte; this one must be visible ASCII and spaces.
bool IsPrintable(char c) { return c == ' ' || unicode::IsVisibleAscii(c); }

// A decimal number of at most 15 digits.
std::optional<int64_t> Number(std::string_view text) {
  if (text.empty() || text.size() > 15 || !std::all_of(text.begin(), text.end(), IsDigit)) {
    return std::nullopt;
  }
  int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

// The value of the first preference of that name (RFC 7240); nullopt: there is none.
std::optional<std::string_view> Preference(const http::Request& request, std::string_view name) {
  for (const std::string_view value : request.FindAll("Prefer")) {
    for (std::string_view preference : http::ListElements(value, http::Quotes::kHide)) {
      preference = TrimSpace(preference.substr(0, preference.find(';')));
      const size_t equals = preference.find('=');
      if (!http::EqualsIgnoringCase(TrimSpace(preference.substr(0, equals)), name)) continue;
      return equals == std::string_view::npos ? ""
                                              : Unquote(TrimSpace(preference.substr(equals + 1)));
    }
  }
  return std::nullopt;
}

Result<std::optional<Position>> PositionHeader(const http::Request& request, const char* name) {
  const auto value = OneValue(request, name);
  if (!value) return value.error();
  if (!*value) return std::optional<Position>{};
  if (const auto position = PositionFrom(**value)) return position;
  return BadHeader(std::string(name) +
                   " must be a position, as Contacts-Position names it: 17 or 2.121" +
                   unicode::CannotHold(**value, [](char c) { return IsDigit(c) || c == '.'; }));
}

// Whether the header names `*`, or a tag that matches.
template <class Matches>
bool NamesTag(const http::Request& request, std::string_view header, Matches matches) {
  for (const std::string_view value : request.FindAll(header)) {
    for (const std::string_view tag : http::ListElements(value, http::Quotes::kHide)) {
      if (tag == "*" || matches(tag)) return true;
    }
  }
  return false;
}

}  // namespace

Result<Maybe<std::string>> IdempotencyKey(const http::Request& request) {
  const auto value = OneValue(request, "Idempotency-Key");
  if (!value) return value.error();
  if (!*value) return Maybe<std::string>{};
  std::optional<std::string> key = std::string(**value);
  if (key->starts_with('"')) key = ReadQuotedString(**value);
  if (!key || key->empty() || key->size() > kMaxKey ||
      !std::all_of(key->begin(), key->end(), unicode::IsVisibleAscii)) {
    std::string why = unicode::CannotHold(**value, unicode::IsVisibleAscii);
    if (why.empty() && key && key->size() > kMaxKey) why = ", not " + std::to_string(key->size());
    return BadHeader(
        "Idempotency-Key must be 1 to 255 visible ASCII characters, bare or in quotes" + why);
  }
  return Maybe<std::string>(std::move(*key));
}

Result<Maybe<std::string>> Reason(const http::Request& request) {
  const auto value = OneValue(request, "Contacts-Reason");
  if (!value) return value.error();
  if (!*value) return Maybe<std::string>{};
  const std::optional<std::string> decoded = PercentDecode(**value, {});
  if (!decoded || !std::all_of((*value)->begin(), (*value)->end(), IsPrintable)) {
    return BadHeader(
        "Contacts-Reason must be percent-encoded UTF-8: %XX for each byte that is "
        "not visible ASCII, and for %" +
        unicode::CannotHold(**value, IsPrintable));
  }
  if (!IsUtf8(*decoded)) return BadHeader("Contacts-Reason must be UTF-8");
  std::string reason = *decoded;
  if (const auto fault = FaultOfReason(&reason)) return BadHeader("Contacts-Reason " + *fault);
  if (reason.empty()) return Maybe<std::string>{};
  return Maybe<std::string>(std::move(reason));
}

Result<std::optional<Position>> MinPosition(const http::Request& request) {
  return PositionHeader(request, "Contacts-Min-Position");
}

Result<std::optional<Position>> LastEventId(const http::Request& request) {
  const auto value = OneValue(request, "Last-Event-ID");
  if (value.ok() && *value && (*value)->empty()) return std::optional<Position>{};
  return PositionHeader(request, "Last-Event-ID");
}

bool WantsEvents(const http::Request& request) {
  const auto accepted = http::ReadChoices(request.FindAll("Accept"));
  const int events = http::WeightOf(accepted, "text/event-stream").value_or(0);
  if (events == 0) return false;
  if (const auto json = http::WeightOf(accepted, "application/json")) return events > *json;
  auto json = http::WeightOf(accepted, "application/*");
  if (!json) json = http::WeightOf(accepted, "*/*");
  return events >= json.value_or(0);
}

Result<std::optional<std::chrono::seconds>> PreferredWait(const http::Request& request) {
  const auto wait = Preference(request, "wait");
  if (!wait) return std::optional<std::chrono::seconds>{};
  const std::optional<int64_t> seconds = Number(*wait);
  if (!seconds || *seconds > kMaxWait.count()) {
    return BadHeader("Prefer: wait must be 0 to 30 seconds" + unicode::CannotHold(*wait, IsDigit));
  }
  return std::optional(std::chrono::seconds(*seconds));
}

bool PrefersExactCount(const http::Request& request) {
  return Preference(request, "count") == "exact";
}

std::optional<std::string> BearerToken(const http::Request& request) {
  constexpr std::string_view kScheme = "Bearer";
  const std::vector<std::string_view> values = request.FindAll("Authorization");
  std::optional<std::string> token;
  for (const std::string_view value : values) {
    // A space after the scheme that is not ASCII is a part of the token.
    const auto end = std::find_if_not(value.begin(), value.end(), http::IsTokenChar);
    const auto length = static_cast<size_t>(end - value.begin());
    if (!http::EqualsIgnoringCase(value.substr(0, length), kScheme)) continue;
    token = std::string(TrimSpace(value.substr(length)));
  }
  if (token && values.size() > 1) token->clear();
  return token;
}

bool IsNotModified(const http::Request& request, const std::string& etag) {
  return NamesTag(request, "If-None-Match", [&](std::string_view tag) {
    if (tag.starts_with("W/")) tag.remove_prefix(2);
    return tag == etag;
  });
}

bool FailsIfMatch(const http::Request& request, const std::string& etag) {
  return request.Find("If-Match") &&
         !NamesTag(request, "If-Match", [&](std::string_view tag) { return tag == etag; });
}

Error HasAnotherTag(const std::string& what) {
  return {ErrorCode::kPreconditionFailed, "The " + what + " has another ETag than If-Match names"};
}

}  // namespace contacts::api
