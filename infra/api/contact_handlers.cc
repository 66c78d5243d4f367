#include <string>
#include <utility>
#include <variant>

#include "command/validation.h"
#include "events/json_archive.h"
#include "infra/api/answers.h"
#include "infra/api/body.h"
#include "infra/api/handlers.h"
#include "infra/api/request_headers.h"
#include "infra/http/content_coding.h"
#include "query/list_cache.h"

namespace contacts::api {
namespace {

// Below this, compressing gains nothing that anyone notices.
constexpr size_t kWorthCompressing = 1024;

// What the front's threads render or compress themselves, of 128 contacts each: half a millisecond
// of rendering, two of compressing.
constexpr size_t kPartsAtOnce = 16;

bool WantsGzip(const ExchangePtr& x, const query::List& list) {
  return list.bytes() >= kWorthCompressing &&
         http::ChooseCoding(x->request.FindAll("Accept-Encoding")) == http::Coding::kGzip;
}

std::string EtagOf(const query::List& list, bool gzip) {
  return '"' + list.tag + (gzip ? "-gzip\"" : "\"");
}

bool TakesLong(const ExchangePtr& x, const query::List& list, bool gzip) {
  return gzip && list.PartsToDeflate() > kPartsAtOnce &&
         !IsNotModified(x->request, EtagOf(list, gzip));
}

void AnswerWith(const ExchangePtr& x, const query::ListReading& reading, bool gzip) {
  const query::List& list = *reading.list;
  std::string etag = EtagOf(list, gzip);
  http::Response response;
  if (IsNotModified(x->request, etag)) response.status = 304;
  response.headers.reserve(7);  // copies of texts are a good part of what a short answer costs
  response.headers.push_back({"ETag", std::move(etag)});
  response.headers.push_back({"Cache-Control", "private, no-cache"});
  response.headers.push_back({"Vary", "Cookie, Accept-Encoding"});
  if (response.status == 200) {
    response.headers.push_back({"Content-Type", kJsonType});
    if (gzip) response.headers.push_back({"Content-Encoding", "gzip"});
    if (gzip) {
      response.body.push_back(list.gzip());
    } else {
      response.body = list.plain();
    }
  }
  x->Answer(std::move(response), Standpoint{reading.position, reading.parked});
}

void AnswerList(const ExchangePtr& x, query::ListKind kind) {
  const auto reading = x->state().lists.ReadQuickly(kind, x->asker(), kPartsAtOnce);
  if (reading) {
    const bool gzip = WantsGzip(x, *reading->list);
    if (!TakesLong(x, *reading->list, gzip)) return AnswerWith(x, *reading, gzip);
  }
  x->GoElsewhere([kind](const ExchangePtr& elsewhere) {
    const query::ListReading whole = elsewhere->state().lists.Read(kind, elsewhere->asker());
    AnswerWith(elsewhere, whole, WantsGzip(elsewhere, *whole.list));
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
  const std::optional<Standpoint> at = PositionOf(answer);
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
  x->state().context.commands.Submit(
      std::move(command), [x, remembered, who = std::move(who)](const Answer& answer) {
        x->Run([&](const ExchangePtr&) { AnswerCreated(x, answer); });
        if (!answer.error || remembered) return;
        x->state().notes.Note(who, CreateContact::kName, *answer.error);
      });
}

}  // namespace contacts::api
