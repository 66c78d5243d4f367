#include "infra/http/answer.h"

#include <algorithm>
#include <ctime>

#include "infra/http/text.h"

namespace contacts::http {
namespace {

constexpr std::string_view kSecurityHeaders =
    "X-Content-Type-Options: nosniff\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n";

// IMF-fixdate (RFC 9110, 5.6.7), made once a second in each thread.
std::string_view Date() {
  thread_local std::time_t made_at = -1;
  thread_local char text[40];
  const std::time_t now = std::time(nullptr);
  if (now != made_at) {
    std::tm parts{};
    gmtime_r(&now, &parts);
    std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S GMT", &parts);
    made_at = now;
  }
  return text;
}

void AppendHeader(std::string_view name, std::string_view value, std::string* out) {
  out->append(name).append(": ").append(value).append("\r\n");
}

bool IsValue(std::string_view value) { return PlainPrefix(value) == value.size(); }

}  // namespace

std::string AnswerHead(const Response& response, const AnswerContext& context) {
  std::string head;
  head.reserve(512);
  head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  head.append(ReasonPhrase(response.status)).append("\r\n");
  AppendHeader("Date", Date(), &head);
  bool has_cache_control = false;
  for (const Header& header : response.headers) {
    AppendHeader(header.name, header.value, &head);
    if (EqualsIgnoringCase(header.name, "Cache-Control")) has_cache_control = true;
  }
  for (const Header& header : context.added) AppendHeader(header.name, header.value, &head);
  if (response.source != nullptr && HasBody(response.status)) {
    if (context.minor > 0) AppendHeader("Transfer-Encoding", "chunked", &head);
    AppendHeader("X-Accel-Buffering", "no",
                 &head);  // else nginx keeps texts back until it has 4 KiB
  } else if (HasBody(response.status)) {
    AppendHeader("Content-Length", std::to_string(BodySize(response)), &head);
  }
  if (context.close) {
    head.append("Connection: close\r\n");
  } else if (context.minor == 0) {
    head.append("Connection: keep-alive\r\n");
  }
  if (!has_cache_control) head.append("Cache-Control: no-store\r\n");
  AppendHeader("X-Request-Id", context.request_id, &head);
  head.append(kSecurityHeaders).append("\r\n");
  return head;
}

bool IsSendable(const Response& response) {
  return std::all_of(response.headers.begin(), response.headers.end(), [](const Header& header) {
    return IsToken(header.name) && IsValue(header.value);
  });
}

bool HasBody(int status) { return status >= 200 && status != 204 && status != 304; }

size_t BodySize(const Response& response) {
  size_t size = 0;
  for (const Chunk& chunk : response.body) size += chunk->size();
  return size;
}

}  // namespace contacts::http
