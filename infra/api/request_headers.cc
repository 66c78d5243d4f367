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

namespace contacts::api {
namespace {

constexpr size_t kMaxKey = 255;
constexpr std::chrono::seconds kMaxWait{30};

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

// The value of the first `wait` preference; nullopt: there is none.
std::optional<std::string_view> WaitPreference(const http::Request& request) {
  for (const std::string_view value : request.FindAll("Prefer")) {
    for (std::string_view preference : http::ListElements(value, http::Quotes::kHide)) {
      preference = TrimSpace(preference.substr(0, preference.find(';')));
      const size_t equals = preference.find('=');
      if (!http::EqualsIgnoringCase(TrimSpace(preference.substr(0, equals)), "wait")) continue;
      return equals == std::string_view::npos ? ""
                                              : Unquote(TrimSpace(preference.substr(equals + 1)));
    }
  }
  return std::nullopt;
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

Result<std::optional<WantedPosition>> MinPosition(const http::Request& request) {
  const auto value = OneValue(request, "Contacts-Min-Position");
  if (!value) return value.error();
  if (!*value) return std::optional<WantedPosition>{};
  const std::optional<int64_t> position = Number(**value);
  if (!position) {
    return BadHeader("Contacts-Min-Position must be a position: a number of at most 15 digits" +
                     unicode::CannotHold(**value, IsDigit));
  }
  WantedPosition wanted{Sequence{*position}};
  if (const auto wait = WaitPreference(request)) {
    const std::optional<int64_t> seconds = Number(*wait);
    if (!seconds || *seconds > kMaxWait.count()) {
      return BadHeader("Prefer: wait must be 0 to 30 seconds" +
                       unicode::CannotHold(*wait, IsDigit));
    }
    wanted.wait = std::chrono::seconds(*seconds);
  }
  return std::optional(wanted);
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
  for (const std::string_view value : request.FindAll("If-None-Match")) {
    for (std::string_view tag : http::ListElements(value, http::Quotes::kHide)) {
      if (tag == "*") return true;
      if (tag.starts_with("W/")) tag.remove_prefix(2);
      if (tag == etag) return true;
    }
  }
  return false;
}

}  // namespace contacts::api
