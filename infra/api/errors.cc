#include "infra/api/errors.h"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "events/events.h"
#include "events/json/faults.h"
#include "events/json/json.h"
#include "events/values/unicode.h"
#include "infra/api/json_answer.h"

namespace contacts::api {
namespace {

// Messages quote texts from outside. With six bytes for each byte that cannot be seen, and the
// faults of one body, an answer stays below 16 kB.
constexpr size_t kMostMessage = 1024;
static_assert(6 * kMostMessage + Faults::kMostBytes < 15'000);

void AppendFields(const std::vector<FieldFault>& fields, std::string* out) {
  *out += ",\"fields\":[";
  for (size_t i = 0; i < fields.size(); ++i) {
    *out += i > 0 ? ",{\"path\":" : "{\"path\":";
    json::AppendString(fields[i].path, out);
    *out += ",\"message\":";
    json::AppendString(fields[i].message, out);
    *out += '}';
  }
  *out += ']';
}

// Clients act on this word, so that they need not read the message. Empty: the status says it all.
std::string_view CodeNameOf(const Error& error) {
  if (!error.code_name.empty()) return error.code_name;
  return IsConflict(error.code) && error.code != ErrorCode::kConflict ? NameOf(error.code) : "";
}

void AppendConflict(const Error& error, std::string* out) {
  if (error.contact_id) *out += ",\"contactId\":" + std::to_string(error.contact_id->value);
  if (error.is_active) *out += *error.is_active ? ",\"isActive\":true" : ",\"isActive\":false";
}

// HOST:PORT, also with a colon or full stop after it, as in "redis.local:6379:".
bool IsAddress(std::string_view word) {
  while (!word.empty() && (word.back() == ':' || word.back() == '.')) word.remove_suffix(1);
  const size_t colon = word.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || colon + 1 == word.size()) return false;
  return word.find_first_not_of("0123456789", colon + 1) == std::string_view::npos;
}

// RocksDB and librdkafka name files and brokers anywhere in a text, so each word with a slash goes.
std::string WithoutPaths(const std::string& message) {
  constexpr std::string_view kBetweenWords = " \t\n\"'(),;";
  std::string shown;
  for (size_t begin = 0; begin < message.size();) {
    const size_t end = std::min(message.find_first_of(kBetweenWords, begin), message.size());
    const std::string_view word = std::string_view(message).substr(begin, end - begin);
    shown += word.find('/') == std::string_view::npos && !IsAddress(word) ? word : "…";
    if (end < message.size()) shown += message[end];
    begin = end + 1;
  }
  return shown;
}

}  // namespace

int StatusOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kBadRequest:
      return 400;
    case ErrorCode::kUnauthenticated:
      return 401;
    case ErrorCode::kForbidden:
      return 403;
    case ErrorCode::kNotFound:
      return 404;
    case ErrorCode::kGone:
      return 410;
    case ErrorCode::kConflict:
    case ErrorCode::kEmailTaken:
    case ErrorCode::kUserNameTaken:
    case ErrorCode::kTokenNameTaken:
      return 409;
    case ErrorCode::kPreconditionFailed:
      return 412;
    case ErrorCode::kTooLarge:
      return 413;
    case ErrorCode::kUnsupportedMediaType:
      return 415;
    case ErrorCode::kKeyReused:
      return 422;
    case ErrorCode::kTooManyRequests:
      return 429;
    case ErrorCode::kUnavailable:
    case ErrorCode::kUnknownOutcome:
      return 503;
    case ErrorCode::kInternal:
      break;
  }
  return 500;
}

Error ForClients(Error error) {
  if (StatusOf(error.code) < 500) return error;
  error.message = WithoutPaths(error.message);
  return error;
}

http::Response ErrorAnswer(const Error& error) {
  const int status = StatusOf(error.code);
  const std::string message = unicode::ShowInvisible(json::ShortText(error.message, kMostMessage));
  const std::string_view code_name = CodeNameOf(error);
  if (error.fields.empty() && error.key.empty() && code_name.empty() && status != 429 &&
      status != 503) {
    return http::ErrorResponse(status, message);
  }
  std::string body = "{\"error\":";
  json::AppendString(http::ReasonPhrase(status), &body);
  body += ",\"message\":";
  json::AppendString(message, &body);
  if (!code_name.empty()) {
    body += ",\"code\":";
    json::AppendString(code_name, &body);
    AppendConflict(error, &body);
    if (!error.start.empty()) body += ",\"start\":" + json::Quoted(error.start);
  }
  if (!error.fields.empty()) AppendFields(error.fields, &body);
  body += '}';
  http::Response response{status, {{"Content-Type", kJsonType}}, {}};
  if (status == 429 || status == 503) {
    response.headers.push_back(
        {"Retry-After", std::to_string(std::max(error.retry_after_seconds, 1))});
  }
  if (!error.key.empty()) response.headers.push_back({"Idempotency-Key", error.key});
  response.body.push_back(std::make_shared<const std::string>(std::move(body)));
  return response;
}

}  // namespace contacts::api
