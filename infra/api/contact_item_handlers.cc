// One contact: reading it, as it is or was, and changing it.
#include <string>
#include <utility>

#include "command/validation.h"
#include "infra/api/contact_id.h"
#include "infra/api/contact_tag.h"
#include "infra/api/handlers.h"
#include "infra/api/json_answer.h"
#include "infra/api/query_parameters.h"
#include "infra/api/read_body.h"
#include "infra/api/request_headers.h"
#include "infra/api/submit.h"
#include "query/contact.h"
#include "query/history.h"

namespace contacts::api {
namespace {

// An answer of about the size of its own head is not worth counting.
constexpr size_t kWorthCounting = 2048;

http::Response WithTag(http::Response response, const Position& tag) {
  response = WithEtag(std::move(response), ContactTag(tag));
  response.headers.push_back({"Cache-Control", "private, no-cache"});
  response.headers.push_back({"Vary", "Cookie"});
  return response;
}

auto Read(const ExchangePtr& exchange, ContactId id, std::optional<Sequence> as_of) {
  const ApiContext& context = exchange->state().context;
  return query::ReadContact(context.views, context.keyring, exchange->asker(), id, as_of);
}

// The contact as of the position, and the answer is true there.
void AnswerContact(const ExchangePtr& exchange, ContactId id, std::optional<Sequence> as_of,
                   std::optional<TenantPosition> at) {
  const auto contact = Read(exchange, id, as_of);
  if (!contact) return exchange->Fail(contact.error(), at);
  if (!at) at = TenantPosition{contact->at.sequence, contact->parked, contact->at.epoch};
  const auto wanted = ContactTagsIn(exchange->request, "If-Match");
  if (wanted && !wanted->Name(contact->tag)) {
    return exchange->Answer(WithTag(exchange->AnswerTo(HasAnotherTag("contact")), contact->tag),
                            at);
  }
  const auto known = ContactTagsIn(exchange->request, "If-None-Match");
  if (known && known->Name(contact->tag)) {
    return exchange->Answer(WithTag({304, {}, {}}, contact->tag), at);
  }
  if (contact->json.size() < kWorthCounting) {
    return exchange->Answer(WithTag(JsonAnswer(contact->json), contact->tag), at);
  }
  const auto ledger = exchange->state().lists.LedgerFor(exchange->session().tenant);
  if (!ledger) return exchange->Fail(ledger.error(), at);
  exchange->Answer(WithTag(CountedJsonAnswer(contact->json, *ledger), contact->tag), at);
}

void AnswerChanged(const ExchangePtr& exchange, ContactId id, const Answer& answer) {
  const bool has_changed = std::holds_alternative<ContactChanged>(answer.event);
  if (!has_changed && !std::holds_alternative<NothingChanged>(answer.event)) {
    return exchange->Fail(
        {ErrorCode::kInternal, "The command had another effect than was asked for"},
        exchange->PositionOf(answer));
  }
  const auto at = exchange->PositionOf(answer);
  const auto contact = Read(exchange, id, answer.position);
  if (!contact) return exchange->Fail(contact.error(), at);
  // The change has happened, so its answer is not refused for what slow readers hold; no request is
  // read behind it until it is answered.
  exchange->Answer(WithTag(JsonAnswer(contact->json), contact->tag), at);
}

// A client whose If-Match did not match learns the tag that it would have needed.
void RefuseChange(const ExchangePtr& exchange, ContactId id, const Error& error,
                  const Answer& answer) {
  http::Response response = exchange->AnswerTo(error);
  if (error.code == ErrorCode::kPreconditionFailed) {
    const auto tag = query::TagOf(exchange->state().context.views, exchange->asker(), id);
    if (tag) response = WithEtag(std::move(response), ContactTag(*tag));
  }
  exchange->Answer(std::move(response), exchange->PositionOf(answer));
}

}  // namespace

void ShowContact(const ExchangePtr& exchange) {
  const auto id = ContactInPath(exchange->request);
  if (!id) return exchange->Fail(id.error());
  const auto point = AsOf(exchange->request);
  if (!point) return exchange->Fail(point.error());
  if (!*point) return AnswerContact(exchange, *id, std::nullopt, std::nullopt);
  // The past may have to read many records.
  exchange->ContinueOnLongWork([id = *id, point = **point](const ExchangePtr& resumed) {
    const TenantPosition at = resumed->PositionAsOf(point);
    AnswerContact(resumed, id, at.position, at);
  });
}

void ShowHistory(const ExchangePtr& exchange) {
  constexpr int64_t kUsual = 100;
  constexpr int64_t kMost = 1000;
  const auto id = ContactInPath(exchange->request);
  if (!id) return exchange->Fail(id.error());
  const auto after = PositionParameter(exchange->request, "after");
  if (!after) return exchange->Fail(after.error());
  if (*after) {
    if (const auto fault = exchange->FaultOf(**after)) return exchange->Fail(*fault);
  }
  const auto limit = NumberParameter(exchange->request, "limit", 1, kMost);
  if (!limit) return exchange->Fail(limit.error());
  const Sequence begin = *after ? (*after)->sequence : Sequence{};
  const auto most = static_cast<size_t>(limit->value_or(kUsual));
  exchange->ContinueOnLongWork([id = *id, begin, most](const ExchangePtr& resumed) {
    const ApiContext& context = resumed->state().context;
    const auto ledger = resumed->state().lists.LedgerFor(resumed->session().tenant);
    if (!ledger) return resumed->Fail(ledger.error());
    auto reading =
        query::ReadHistory(context.views, context.keyring, resumed->asker(), id, begin, most);
    if (!reading) return resumed->Fail(reading.error());
    resumed->Answer(CountedJsonAnswer(std::move(reading->json), *ledger),
                    TenantPosition{reading->at.sequence, reading->parked, reading->at.epoch});
  });
}

void ChangeContactOf(const ExchangePtr& exchange) {
  const auto id = ContactInPath(exchange->request);
  if (!id) return exchange->Fail(id.error());
  auto patch = ReadBody<ContactPart>(
      exchange->request, [](ContactPart* part, Faults* faults) { Validate(part, faults); });
  if (!patch) return exchange->Fail(patch.error());
  if (exchange->request.Find("If-None-Match")) {
    return exchange->Fail(
        {ErrorCode::kBadRequest, "A change takes If-Match, and not If-None-Match"});
  }
  ChangeContact change{*id, *std::move(patch), std::nullopt};
  auto tags = ContactTagsIn(exchange->request, "If-Match");
  if (tags && tags->malformed) {
    return exchange->Fail(
        {ErrorCode::kBadRequest, "If-Match must be * or entity tags in quotes, as ETag has them"});
  }
  if (tags && !tags->any) change.if_changed_at = std::move(tags->positions);
  Submit(
      exchange, "/contacts/" + std::to_string(id->value), std::move(change),
      [id = *id](const ExchangePtr& to, const Answer& answer) { AnswerChanged(to, id, answer); },
      [id = *id](const ExchangePtr& to, const Error& error, const Answer& answer) {
        RefuseChange(to, id, error, answer);
      });
}

}  // namespace contacts::api
