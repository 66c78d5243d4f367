#include "infra/http/cors.h"

#include <algorithm>
#include <cctype>
#include <stdexcept>
#include <utility>

namespace contacts::http {
namespace {

constexpr const char* kTakenHeaders =
    "Authorization, Content-Type, Contacts-Min-Position, Contacts-Reason, Idempotency-Key, "
    "If-Match, If-None-Match, Last-Event-ID, Prefer, X-Request-Id, baggage, traceparent, "
    "tracestate";
constexpr const char* kShownHeaders =
    "Contacts-Erased, Contacts-Parked, Contacts-Position, Contacts-View, ETag, Idempotency-Key, "
    "Link, "
    "Retry-After, X-Request-Id, "
    "WWW-Authenticate, X-Total-Count";
constexpr const char* kPreflightSeconds = "600";

// `origin` in the form that browsers send; "": it is not an origin.
std::string Serialised(std::string origin) {
  std::transform(origin.begin(), origin.end(), origin.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const bool https = origin.starts_with("https://");
  if (!https && !origin.starts_with("http://")) return {};
  const std::string port = https ? ":443" : ":80";
  if (origin.ends_with(port)) origin.resize(origin.size() - port.size());
  const size_t host = https ? 8 : 7;
  const bool plain = origin.find_first_of("/?#@* ,\t", host) == std::string::npos;
  return origin.size() > host && plain ? origin : std::string();
}

}  // namespace

AllowedOrigins::AllowedOrigins(const std::vector<std::string>& origins) {
  std::vector<std::string> serialised;
  for (const std::string& origin : origins) {
    serialised.push_back(Serialised(origin));
    if (serialised.back().empty()) {
      throw std::runtime_error("'" + origin + "' is not an origin: write https://host[:port]");
    }
  }
  origins_ = std::make_shared<Replaceable<std::vector<std::string>>>(std::move(serialised));
}

bool AllowedOrigins::Contains(std::string_view origin) const {
  const std::vector<std::string>& origins = origins_->Get();
  return std::find(origins.begin(), origins.end(), origin) != origins.end();
}

std::vector<Header> AllowedOrigins::HeadersFor(std::optional<std::string_view> origin,
                                               std::string_view method) const {
  if (empty()) return {};
  // Vary also stands in answers to other origins, so that no cache serves one origin's answer to
  // another.
  std::vector<Header> headers{{"Vary", "Origin"}};
  if (!origin || !Contains(*origin)) return headers;
  headers.push_back({"Access-Control-Allow-Origin", std::string(*origin)});
  headers.push_back({"Access-Control-Allow-Credentials", "true"});
  if (method != "OPTIONS") {
    headers.push_back({"Access-Control-Expose-Headers", kShownHeaders});
  }
  return headers;
}

std::vector<Header> AllowedOrigins::HeadersUnread() const {
  const std::vector<std::string>& origins = origins_->Get();
  return HeadersFor(
      origins.size() == 1 ? std::optional<std::string_view>(origins.front()) : std::nullopt, "");
}

std::vector<Header> AllowedOrigins::PreflightHeaders(const Request& request,
                                                     const std::string& methods) const {
  const auto origin = request.Find("Origin");
  if (!origin || !Contains(*origin) || !request.Find("Access-Control-Request-Method")) return {};
  return {{"Access-Control-Allow-Methods", methods},
          {"Access-Control-Allow-Headers", kTakenHeaders},
          {"Access-Control-Max-Age", kPreflightSeconds}};
}

}  // namespace contacts::http
