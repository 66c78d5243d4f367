#include <string>
#include <utility>
#include <variant>

#include "command/validation.h"
#include "events/json/json_archive.h"
#include "infra/api/contact_tag.h"
#include "infra/api/handlers.h"
#include "infra/api/json_answer.h"
#include "infra/api/list_answer.h"
#include "infra/api/read_body.h"
#include "infra/api/submit.h"

namespace contacts::api {
namespace {

void AnswerCreated(const ExchangePtr& exchange, const Answer& answer) {
  const std::optional<TenantPosition> at = exchange->PositionOf(answer);
  const auto* created = std::get_if<ContactCreated>(&answer.event);
  if (created == nullptr) {
    return exchange->Fail(
        {ErrorCode::kInternal, "The command had another effect than was asked for"}, at);
  }
  http::Response response = JsonAnswer(ToJson(ContactOf(*created, answer.time)));
  if (at) response.headers.push_back({"ETag", ContactTag(Position{at->position, at->epoch})});
  exchange->Answer(std::move(response), at);
}

}  // namespace

void ListContacts(const ExchangePtr& exchange) {
  if (!exchange->request.query.empty()) return ListPage(exchange);
  AnswerList(exchange, query::ListKind::kContacts);
}

void ListMentions(const ExchangePtr& exchange) { AnswerList(exchange, query::ListKind::kMentions); }

void CreateContactOf(const ExchangePtr& exchange) {
  auto body = ReadBody<CreateContact>(
      exchange->request, [](CreateContact* create, auto* faults) { Validate(create, faults); });
  if (!body) return exchange->Fail(body.error());
  Submit(exchange, "/contacts", *std::move(body), AnswerCreated);
}

}  // namespace contacts::api
