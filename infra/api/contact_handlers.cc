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

// Below this, compressing gains nothing that anyone notices.
constexpr size_t kWorthCompressing = 1024;

// What the front's threads read and render themselves, in bytes of rows: half a millisecond, about
// 1,500 usual contacts or 50 with all the metadata that they may have.
constexpr size_t kRenderAtOnce = 800'000;
// … and what they compress themselves: two milliseconds of texts that hardly get smaller, as keys
// and signatures do not, and half a millisecond of usual contacts.
constexpr size_t kZipAtOnce = 128'000;

bool TakesGzip(const ExchangePtr& x) {
  return http::ChooseCoding(x->request.FindAll("Accept-Encoding")) == http::Coding::kGzip;
}

bool WantsGzip(const ExchangePtr& x, const query::List& list) {
  return list.bytes() >= kWorthCompressing && TakesGzip(x);
}

std::string EtagOf(const std::string& tag, bool gzip) {
  return '"' + tag + (gzip ? "-gzip\"" : "\"");
}

bool TakesLong(const ExchangePtr& x, const query::List& list, bool gzip) {
  return gzip && list.BytesToZip() > kZipAtOnce &&
         !IsNotModified(x->request, EtagOf(list.tag, gzip));
}

http::Response Begun(int status, std::string etag) {
  http::Response response;
  response.status = status;
  response.headers.reserve(7);  // copies of texts are a good part of what a short answer costs
  response.headers.push_back({"ETag", std::move(etag)});
  response.headers.push_back({"Cache-Control", "private, no-cache"});
  response.headers.push_back({"Vary", "Cookie, Accept-Encoding"});
  return response;
}

void AnswerWith(const ExchangePtr& x, const query::ListReading& reading, bool gzip) {
  const query::List& list = *reading.list;
  std::string etag = EtagOf(list.tag, gzip);
  const bool is_known = IsNotModified(x->request, etag);
  http::Response response = Begun(is_known ? 304 : 200, std::move(etag));
  if (!is_known) {
    response.headers.push_back({"Content-Type", kJsonType});
    if (gzip) response.headers.push_back({"Content-Encoding", "gzip"});
    if (gzip) {
      response.body = list.gzip();
    } else {
      response.body = list.plain();
    }
  }
  x->Answer(std::move(response), TenantPosition{reading.position, reading.parked});
}

// A client that has the list as it is now needs no rendering of it: its tag is read. A list too
// short to be compressed is not among these, as its length is not known here.
bool AnswerKnown(const ExchangePtr& x, query::ListKind kind) {
  if (!x->request.Find("If-None-Match")) return false;
  const query::TagNow now = query::ReadTag(x->state().context.views, kind, x->asker());
  std::string etag = EtagOf(now.tag, TakesGzip(x));
  if (!IsNotModified(x->request, etag)) return false;
  x->Answer(Begun(304, std::move(etag)), TenantPosition{now.position, now.parked});
  return true;
}

void AnswerList(const ExchangePtr& x, query::ListKind kind) {
  const auto reading = x->state().lists.ReadQuickly(kind, x->asker(), kRenderAtOnce);
  if (reading && *reading) {
    const query::ListReading& quick = **reading;
    const bool gzip = WantsGzip(x, *quick.list);
    if (!TakesLong(x, *quick.list, gzip)) return AnswerWith(x, quick, gzip);
  } else if (AnswerKnown(x, kind)) {
    return;
  } else if (reading) {
    return x->Fail(reading->error());
  }
  x->ContinueOnLongWork([kind](const ExchangePtr& elsewhere) {
    const auto whole = elsewhere->state().lists.Read(kind, elsewhere->asker());
    if (!whole) return elsewhere->Fail(whole.error());
    AnswerWith(elsewhere, *whole, WantsGzip(elsewhere, *whole->list));
  });
}

// What the client's headers add to a command, and the request that a retry must repeat. The path is
// the route's, so that the same request under each base is the same.
std::optional<Error> AddHeaders(const http::Request& request, const std::string& path,
                                Command* command) {
  auto key = IdempotencyKey(request);
  if (!key) return key.error();
  auto reason = Reason(request);
  if (!reason) return reason.error();
  command->key = *std::move(key);
  command->reason = *std::move(reason);
  // Also without a key: a 503 may give one out, and the retry with it must be told from another
  // request.
  const std::string_view if_match = request.Find("If-Match").value_or("");
  command->request = request.method + '\n' + path + '\n' + std::string(if_match) + '\n';
  command->request += request.body;
  return std::nullopt;
}

void AnswerCreated(const ExchangePtr& x, const Answer& answer) {
  const std::optional<TenantPosition> at = PositionOf(answer);
  if (answer.error) return x->Fail(*answer.error, at);
  const auto* created = std::get_if<ContactCreated>(&answer.event);
  if (created == nullptr) {
    return x->Fail({ErrorCode::kInternal, "The command had another effect than was asked for"}, at);
  }
  x->Answer(JsonAnswer(ToJson(ContactOf(*created, answer.time))), at);
}

}  // namespace

void ListContacts(const ExchangePtr& x) { AnswerList(x, query::ListKind::kContacts); }

void ListMentions(const ExchangePtr& x) { AnswerList(x, query::ListKind::kMentions); }

void CreateContactOf(const ExchangePtr& x) {
  Command command = x->NewCommand();
  if (const auto error = AddHeaders(x->request, "/contacts", &command)) return x->Fail(*error);
  auto body = ReadBody<CreateContact>(
      x->request, [](CreateContact* create, auto* faults) { Validate(create, faults); });
  if (!body) return x->Fail(body.error());
  command.intent = *std::move(body);
  Command who = x->NewCommand();
  who.reason = command.reason;
  const bool remembered = command.key.has_value();  // then a refusal is a record of its own
  if (x->gone()) return;  // who was told that it took too long has no key to ask with
  x->state().context.commands.Submit(
      std::move(command), [x, remembered, who = std::move(who)](const Answer& answer) {
        x->Run([&](const ExchangePtr&) { AnswerCreated(x, answer); });
        if (!answer.error || remembered) return;
        x->state().notes.Note(who, CreateContact::kName, *answer.error);
      });
}

}  // namespace contacts::api
