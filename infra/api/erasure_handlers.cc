// Erasing a person, erasing a past, and legal holds.
#include <memory>
#include <string>
#include <utility>

#include "events/json/json_archive.h"
#include "infra/api/contact_id.h"
#include "infra/api/erasure_bodies.h"
#include "infra/api/handlers.h"
#include "infra/api/json_answer.h"
#include "infra/api/read_body.h"
#include "infra/api/submit.h"
#include "projections/view_lookup.h"

namespace contacts::api {
namespace {

using AnsweredFor = void (*)(const ExchangePtr&, ContactId, const Answer&);

template <class I>
void SubmitOf(const ExchangePtr& exchange, const char* part, ContactId contact, I intent,
              AnsweredFor answered) {
  Submit(exchange, "/contacts/" + std::to_string(contact.value) + part, std::move(intent),
         [contact, answered](const ExchangePtr& to, const Answer& answer) {
           answered(to, contact, answer);
         });
}

void AnswerErased(const ExchangePtr& exchange, ContactId contact, const Answer& answer) {
  const ViewLookup lookup(exchange->state().context.views);
  const TenantId& tenant = exchange->session().tenant;
  const auto model = lookup.WholeContact(tenant, contact);
  Erased erased{answer.position, {}};
  if (model) erased.recipients = lookup.RecipientsOf(tenant, contact, model->first);
  exchange->Answer(JsonAnswer(ToJson(erased)), exchange->PositionOf(answer));
}

template <bool kHeld>
void AnswerHold(const ExchangePtr& exchange, ContactId contact, const Answer& answer) {
  exchange->Answer(JsonAnswer(ToJson(HoldChange{contact, kHeld})), exchange->PositionOf(answer));
}

// For routes that take no body.
template <class I>
void SubmitBare(const ExchangePtr& exchange, const char* part, AnsweredFor answered) {
  const auto contact = ContactInPath(exchange->request);
  if (!contact) return exchange->Fail(contact.error());
  if (const auto error = CheckNoFields(exchange->request)) return exchange->Fail(*error);
  SubmitOf(exchange, part, *contact, I{*contact}, answered);
}

Hold ShowHold(const ViewLookup& lookup, const TenantId& tenant, ContactId contact, Sequence at) {
  Hold hold{contact, at, {}};
  const auto bytes = lookup.RecordAt(tenant, at);
  const Result<Record> record = bytes ? DecodeRecord(*bytes) : Result<Record>(Error{});
  if (record) hold.time = record->envelope.time;
  return hold;
}

}  // namespace

void EraseContact(const ExchangePtr& exchange) {
  const auto contact = ContactInPath(exchange->request);
  if (!contact) return exchange->Fail(contact.error());
  const auto body = ReadBody<ErasureRequest>(exchange->request, [](ErasureRequest*, Faults*) {});
  if (!body) return exchange->Fail(body.error());
  SubmitOf(exchange, "/erasure", *contact, ErasePerson{*contact, {}, body->ground}, AnswerErased);
}

void ErasePastOf(const ExchangePtr& exchange) {
  SubmitBare<ErasePast>(exchange, "/erasure-of-past", AnswerErased);
}

void HoldContact(const ExchangePtr& exchange) {
  SubmitBare<PlaceHold>(exchange, "/hold", AnswerHold<true>);
}

void ReleaseContact(const ExchangePtr& exchange) {
  SubmitBare<LiftHold>(exchange, "/hold", AnswerHold<false>);
}

// All of one position, which the answer names.
void ListHolds(const ExchangePtr& exchange) {
  const std::unique_ptr<ViewReader> snapshot = exchange->state().context.views.Snapshot();
  const ViewLookup lookup(*snapshot);
  const TenantId& tenant = exchange->session().tenant;
  std::vector<Hold> holds;
  for (const auto& [contact, at] : lookup.Holds(tenant)) {
    holds.push_back(ShowHold(lookup, tenant, contact, at));
  }
  const TenantRow row = lookup.Tenant(tenant);
  exchange->Answer(JsonAnswer(ToJson(holds)), TenantPosition{row.applied, query::ParkedAt(row)});
}

}  // namespace contacts::api
