// The contact list with query parameters: page by page, and as it was.
#include <string>
#include <utility>

#include "infra/api/handlers.h"
#include "infra/api/list_answer.h"
#include "infra/api/query_parameters.h"
#include "infra/api/request_headers.h"
#include "query/list/pages.h"

namespace contacts::api {
namespace {

// How many bytes of rows and records the front's threads read themselves: a millisecond, 1,000
// usual contacts or 60 that changed since.
constexpr size_t kPageAtOnce = 1'000'000;

constexpr int64_t kMostContacts = 1000;
constexpr int64_t kGreatestId = 999'999'999'999'999;

struct PageRequest {
  query::PageWanted page;
  std::optional<PointInTime> as_of;
  std::optional<std::string> view;

  bool IsWholeListOfNow() const { return !page.limit && page.after.value == 0 && !as_of; }
};

Result<PageRequest> ReadPageRequest(const http::Request& request) {
  PageRequest wanted;
  const auto limit = NumberParameter(request, "limit", 1, kMostContacts);
  if (!limit) return limit.error();
  wanted.page.limit = *limit;
  const auto after = NumberParameter(request, "after", 0, kGreatestId);
  if (!after) return after.error();
  wanted.page.after = ContactId{after->value_or(0)};
  const auto as_of = AsOf(request);
  if (!as_of) return as_of.error();
  wanted.as_of = *as_of;
  const auto view = ViewParameter(request);
  if (!view) return view.error();
  wanted.view = *view;
  wanted.page.count = PrefersExactCount(request);
  return wanted;
}

// The reference to the next page (RFC 8288). None of its parts needs encoding.
http::Header NextLink(const http::Request& request, const query::PageWanted& wanted,
                      const query::PageReader& reader, ContactId after) {
  std::string link = "<" + request.path + "?";
  if (wanted.limit) link += "limit=" + std::to_string(*wanted.limit) + "&";
  link += "after=" + std::to_string(after.value) + "&asOf=" + TextOf(reader.position());
  return {"Link", link + "&view=" + reader.view() + ">; rel=\"next\""};
}

std::vector<http::Header> HeadersOf(const http::Request& request, const query::PageWanted& wanted,
                                    const query::PageReader& reader, const query::Page& page) {
  std::vector<http::Header> headers{{"Contacts-View", reader.view()}};
  if (page.next) headers.push_back(NextLink(request, wanted, reader, *page.next));
  if (page.erased > 0) headers.push_back({"Contacts-Erased", std::to_string(page.erased)});
  if (page.total) headers.push_back({"X-Total-Count", std::to_string(*page.total)});
  return headers;
}

TenantPosition PlaceOf(const query::PageReader& reader) {
  const Position at = reader.position();
  return {at.sequence, reader.parked(), at.epoch};
}

void AnswerPage(const ExchangePtr& exchange, const query::PageReader& reader,
                const query::PageWanted& wanted, query::Page page) {
  const TenantPosition at = PlaceOf(reader);
  auto headers = HeadersOf(exchange->request, wanted, reader, page);
  query::ListReading reading{std::move(page.list), at.position, at.parked, at.epoch};
  if (!TakesLongToZip(exchange, *reading.list)) {
    return AnswerWith(exchange, reading, std::move(headers));
  }
  exchange->ContinueOnLongWork(
      [reading = std::move(reading), headers = std::move(headers)](const ExchangePtr& resumed) {
        AnswerWith(resumed, reading, headers);
      });
}

enum class On { kFrontsThread, kLongWork };

void ReadPage(const ExchangePtr& exchange, const PageRequest& wanted, On thread) {
  Api::State& state = exchange->state();
  const query::PageReader reader(state.context.views, state.context.keyring, exchange->asker(),
                                 wanted.page);
  if (wanted.view && *wanted.view != reader.view()) return exchange->Fail(query::ViewChanged());
  if (wanted.IsWholeListOfNow()) return AnswerList(exchange, query::ListKind::kContacts);
  const bool has_one = exchange->request.Find("If-None-Match").has_value();
  if (has_one && AnswerKnown(exchange, reader.tag(), PlaceOf(reader))) return;
  // A list of the past may have to read many records before its first contact.
  if (wanted.page.as_of && thread == On::kFrontsThread) {
    return exchange->ContinueOnLongWork(
        [wanted](const ExchangePtr& resumed) { ReadPage(resumed, wanted, On::kLongWork); });
  }
  const auto ledger = state.lists.LedgerFor(exchange->session().tenant);
  if (!ledger) return exchange->Fail(ledger.error());
  if (thread == On::kLongWork) {
    auto page = reader.Read(*ledger);
    if (!page) return exchange->Fail(page.error());
    return AnswerPage(exchange, reader, wanted.page, *std::move(page));
  }
  if (auto page = reader.ReadQuickly(kPageAtOnce, *ledger)) {
    return AnswerPage(exchange, reader, wanted.page, *std::move(page));
  }
  exchange->ContinueOnLongWork(
      [wanted](const ExchangePtr& resumed) { ReadPage(resumed, wanted, On::kLongWork); });
}

}  // namespace

void ListPage(const ExchangePtr& exchange) {
  auto wanted = ReadPageRequest(exchange->request);
  if (!wanted) return exchange->Fail(wanted.error());
  if (wanted->as_of) wanted->page.as_of = exchange->PositionAsOf(*wanted->as_of).position;
  ReadPage(exchange, *wanted, On::kFrontsThread);
}

}  // namespace contacts::api
