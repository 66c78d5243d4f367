#include <string>
#include <utility>
#include <variant>

#include "command/validation.h"
#include "events/json/json_archive.h"
#include "infra/api/handlers.h"
#include "infra/api/json_answer.h"
#include "infra/api/read_body.h"
#include "infra/api/request_headers.h"
#include "infra/http/content_coding.h"
#include "query/list/list_cache.h"

namespace contacts::api {
namespace {

// Below this size compressing gains nothing noticeable.
constexpr size_t kWorthCompressing = 1024;

// How many bytes of rows the front's threads read and render themselves: half a millisecond, about
// 1,500 usual contacts or 50 with all the metadata that they may have.
constexpr size_t kRenderAtOnce = 800'000;
// … and how many they compress themselves: two milliseconds for texts that hardly get smaller
// (keys, signatures), half a millisecond for usual contacts.
constexpr size_t kZipAtOnce = 128'000;

bool TakesGzip(const ExchangePtr& exchange) {
  return http::ChooseCoding(exchange->request.FindAll("Accept-Encoding")) == http::Coding::kGzip;
}

bool WantsGzip(const ExchangePtr& exchange, const query::List& list) {
  return list.bytes() >= kWorthCompressing && TakesGzip(exchange);
}

std::string EtagOf(const std::string& tag, bool gzip) {
  return '"' + tag + (gzip ? "-gzip\"" : "\"");
}

bool TakesLong(const ExchangePtr& exchange, const query::List& list, bool gzip) {
  return gzip && list.BytesToZip() > kZipAtOnce &&
         !IsNotModified(exchange->request, EtagOf(list.tag, gzip));
}

http::Response ListAnswer(int status, std::string etag) {
  http::Response response;
  response.status = status;
  response.headers.reserve(7);  // copies of texts are a good part of what a short answer costs
  response.headers.push_back({"ETag", std::move(etag)});
  response.headers.push_back({"Cache-Control", "private, no-cache"});
  response.headers.push_back({"Vary", "Cookie, Accept-Encoding"});
  return response;
}

void AnswerWith(const ExchangePtr& exchange, const query::ListReading& reading, bool gzip) {
  const query::List& list = *reading.list;
  std::string etag = EtagOf(list.tag, gzip);
  const bool is_known = IsNotModified(exchange->request, etag);
  http::Response response = ListAnswer(is_known ? 304 : 200, std::move(etag));
  if (!is_known) {
    response.headers.push_back({"Content-Type", kJsonType});
    if (gzip) response.headers.push_back({"Content-Encoding", "gzip"});
    if (gzip) {
      response.body = list.gzip();
    } else {
      response.body = list.plain();
    }
  }
  exchange->Answer(std::move(response), TenantPosition{reading.position, reading.parked});
}

// If the client has the current list, it is not rendered: only its tag is read. That leaves out
// lists too short to be compressed, because the length is not known here.
bool AnswerKnown(const ExchangePtr& exchange, query::ListKind kind) {
  if (!exchange->request.Find("If-None-Match")) return false;
  const query::TagNow now =
      query::ReadTag(exchange->state().context.views, kind, exchange->asker());
  std::string etag = EtagOf(now.tag, TakesGzip(exchange));
  if (!IsNotModified(exchange->request, etag)) return false;
  exchange->Answer(ListAnswer(304, std::move(etag)), TenantPosition{now.position, now.parked});
  return true;
}

void AnswerList(const ExchangePtr& exchange, query::ListKind kind) {
  const auto reading = exchange->state().lists.ReadQuickly(kind, exchange->asker(), kRenderAtOnce);
  if (reading && *reading) {
    const query::ListReading& quick = **reading;
    const bool gzip = WantsGzip(exchange, *quick.list);
    if (!TakesLong(exchange, *quick.list, gzip)) return AnswerWith(exchange, quick, gzip);
  } else if (AnswerKnown(exchange, kind)) {
    return;
  } else if (reading) {
    return exchange->Fail(reading->error());
  }
  exchange->ContinueOnLongWork([kind](const ExchangePtr& resumed) {
    const auto whole = resumed->state().lists.Read(kind, resumed->asker());
    if (!whole) return resumed->Fail(whole.error());
    AnswerWith(resumed, *whole, WantsGzip(resumed, *whole->list));
  });
}

// Adds to a command the key and reason of the headers, and the request that a retry must repeat.
// The path is the route's, so that the base ("" or "/api") makes no difference.
std::optional<Error> AddHeaders(const http::Request& request, const std::string& path,
                                Command* command) {
  auto key = IdempotencyKey(request);
  if (!key) return key.error();
  auto reason = Reason(request);
  if (!reason) return reason.error();
  command->key = *std::move(key);
  command->reason = *std::move(reason);
  // The request is set also without a key: a 503 may give one out, and a retry with it must be
  // distinguished from another request.
  const std::string_view if_match = request.Find("If-Match").value_or("");
  command->request = request.method + '\n' + path + '\n' + std::string(if_match) + '\n';
  command->request += request.body;
  return std::nullopt;
}

void AnswerCreated(const ExchangePtr& exchange, const Answer& answer) {
  const std::optional<TenantPosition> at = PositionOf(answer);
  if (answer.error) return exchange->Fail(*answer.error, at);
  const auto* created = std::get_if<ContactCreated>(&answer.event);
  if (created == nullptr) {
    return exchange->Fail(
        {ErrorCode::kInternal, "The command had another effect than was asked for"}, at);
  }
  exchange->Answer(JsonAnswer(ToJson(ContactOf(*created, answer.time))), at);
}

}  // namespace

void ListContacts(const ExchangePtr& exchange) { AnswerList(exchange, query::ListKind::kContacts); }

void ListMentions(const ExchangePtr& exchange) { AnswerList(exchange, query::ListKind::kMentions); }

void CreateContactOf(const ExchangePtr& exchange) {
  Command command = exchange->NewCommand();
  if (const auto error = AddHeaders(exchange->request, "/contacts", &command))
    return exchange->Fail(*error);
  auto body = ReadBody<CreateContact>(
      exchange->request, [](CreateContact* create, auto* faults) { Validate(create, faults); });
  if (!body) return exchange->Fail(body.error());
  command.intent = *std::move(body);
  Command who = exchange->NewCommand();
  who.reason = command.reason;
  const bool remembered = command.key.has_value();  // then a refusal is a record of its own
  if (exchange->gone()) return;  // a client that got the late 503 has no key to retry with
  exchange->state().context.commands.Submit(
      std::move(command), [exchange, remembered, who = std::move(who)](const Answer& answer) {
        exchange->Run([&](const ExchangePtr&) { AnswerCreated(exchange, answer); });
        if (!answer.error || remembered) return;
        exchange->state().notes.Note(who, CreateContact::kName, *answer.error);
      });
}

}  // namespace contacts::api
