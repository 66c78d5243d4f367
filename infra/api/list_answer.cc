#include "infra/api/list_answer.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "infra/api/json_answer.h"
#include "infra/api/request_headers.h"
#include "infra/http/content_coding.h"

namespace contacts::api {
namespace {

// Below this size compressing gains nothing noticeable.
constexpr size_t kWorthCompressing = 1024;

// How many bytes of rows the front's threads read and render themselves: half a millisecond, about
// 1,500 usual contacts or 50 with all the metadata that they may have.
constexpr size_t kRenderAtOnce = 800'000;
// How many bytes the front's threads compress themselves: two milliseconds for texts that hardly
// get smaller (keys, signatures), half a millisecond for usual contacts.
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

http::Response ListAnswer(int status, std::string etag) {
  http::Response response;
  response.status = status;
  response.headers.reserve(7);  // copies of texts are a good part of what a short answer costs
  response.headers.push_back({"ETag", std::move(etag)});
  response.headers.push_back({"Cache-Control", "private, no-cache"});
  response.headers.push_back({"Vary", "Cookie, Accept-Encoding"});
  return response;
}

// If the client has the current list, it is not rendered: only its tag is read.
bool AnswerKnown(const ExchangePtr& exchange, query::ListKind kind) {
  if (!exchange->request.Find("If-None-Match")) return false;
  const query::TagNow now =
      query::ReadTag(exchange->state().context.views, kind, exchange->asker());
  return AnswerKnown(exchange, now.tag, {now.position, now.parked, now.epoch});
}

}  // namespace

bool AnswerKnown(const ExchangePtr& exchange, const std::string& tag, const TenantPosition& at) {
  if (exchange->request.Find("If-Match")) return false;  // AnswerWith knows the very tag
  std::string etag = EtagOf(tag, TakesGzip(exchange));
  if (!IsNotModified(exchange->request, etag)) return false;
  exchange->Answer(ListAnswer(304, std::move(etag)), at);
  return true;
}

bool TakesLongToZip(const ExchangePtr& exchange, const query::List& list) {
  return WantsGzip(exchange, list) && list.BytesToZip() > kZipAtOnce &&
         !IsNotModified(exchange->request, EtagOf(list.tag, true));
}

void AnswerWith(const ExchangePtr& exchange, const query::ListReading& reading,
                std::vector<http::Header> more) {
  const query::List& list = *reading.list;
  const bool gzip = WantsGzip(exchange, list);
  std::string etag = EtagOf(list.tag, gzip);
  const TenantPosition at{reading.position, reading.parked, reading.epoch};
  if (FailsIfMatch(exchange->request, etag)) {
    return exchange->Answer(WithEtag(exchange->AnswerTo(HasAnotherTag("list")), etag), at);
  }
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
    std::move(more.begin(), more.end(), std::back_inserter(response.headers));
  }
  exchange->Answer(std::move(response), at);
}

void AnswerList(const ExchangePtr& exchange, query::ListKind kind) {
  const auto reading = exchange->state().lists.ReadQuickly(kind, exchange->asker(), kRenderAtOnce);
  if (reading && *reading) {
    const query::ListReading& quick = **reading;
    if (!TakesLongToZip(exchange, *quick.list)) return AnswerWith(exchange, quick);
  } else if (AnswerKnown(exchange, kind)) {
    return;
  } else if (reading) {
    return exchange->Fail(reading->error());
  }
  exchange->ContinueOnLongWork([kind](const ExchangePtr& resumed) {
    const auto whole = resumed->state().lists.Read(kind, resumed->asker());
    if (!whole) return resumed->Fail(whole.error());
    AnswerWith(resumed, *whole);
  });
}

}  // namespace contacts::api
