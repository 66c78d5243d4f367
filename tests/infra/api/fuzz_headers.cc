// Any text as the value of each header and query parameter that the API reads itself, once and
// twice.
//
//   input = one byte that chooses the header ("?": parameter), its value; "\n" separates a second
//           value
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>

#include "infra/api/contact_tag.h"
#include "infra/api/query_parameters.h"
#include "infra/api/request_checks.h"
#include "infra/api/request_headers.h"

namespace {

using namespace contacts;

constexpr const char* kNames[] = {"Content-Type",    "Prefer",         "Contacts-Reason",
                                  "Idempotency-Key", "If-None-Match",  "Contacts-Min-Position",
                                  "Authorization",   "Sec-Fetch-Site", "Origin",
                                  "If-Match",        "Last-Event-ID",  "Accept",
                                  "?asOf",           "?since",         "?limit",
                                  "?view",           "?wait"};

void ReadAll(const http::Request& request) {
  (void)api::CheckJsonContent(request);
  (void)api::IdempotencyKey(request);
  (void)api::Reason(request);
  (void)api::PositionsWanted(request);
  (void)api::LastEventId(request);
  (void)api::AsOf(request);
  (void)api::ViewParameter(request);
  (void)api::WaitWanted(request);
  (void)api::NumberParameter(request, "limit", 1, 1000);
  (void)api::WantsEvents(request);
  const auto tags = api::ContactTagsIn(request, "If-Match");
  if (tags) (void)tags->Name({Sequence{1}});
  (void)api::PrefersExactCount(request);
  (void)api::BearerToken(request);
  (void)api::CheckSameOrigin(request, http::AllowedOrigins({"https://app.example.com"}));
  (void)api::IsNotModified(request, "\"an-etag\"");
  (void)api::FailsIfMatch(request, "\"an-etag\"");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  if (size == 0) return 0;
  const char* const name = kNames[bytes[0] % std::size(kNames)];
  const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const size_t border = text.find('\n');
  http::Request request;
  request.method = "POST";
  request.body = "{}";
  const auto add = [&](std::string_view value) {
    if (name[0] == '?') {
      request.query.emplace_back(name + 1, std::string(value));
    } else {
      request.headers.push_back({name, std::string(value)});
    }
  };
  add(text.substr(0, border));
  // The front passes no line end on, so it is free to separate two values here.
  if (border != std::string_view::npos) {
    add(text.substr(border + 1));
  }
  // Without a position nobody asks how long to wait for it.
  if (std::string_view(name) == "Prefer") request.headers.push_back({"Contacts-Min-Position", "1"});
  ReadAll(request);
  return 0;
}
