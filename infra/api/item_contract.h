// The schemas and parameters of the routes of one contact, for the OpenAPI document.
#pragma once

#include "infra/api/contract.h"
#include "query/history.h"

namespace contacts::api {

inline constexpr Schema kContactPatchSchema = RequestSchema<ContactPart>("ContactPatch");
inline constexpr Schema kHistorySchema = AnswerSchema<query::History>("History");

inline constexpr Parameter kAfterPosition{
    .component = "AfterPosition",
    .in = Parameter::In::kQuery,
    .name = "after",
    .description = "The position to go on after: `next` of the page before",
    .schema = kPositionSchema};
inline constexpr Parameter kHistoryLimit{
    .component = "HistoryLimit",
    .in = Parameter::In::kQuery,
    .name = "limit",
    .description = "The most changes of a page",
    .schema = R"({"type":"integer","minimum":1,"maximum":1000,"default":100})"};

constexpr Link FromCreated(const char* name, const char* operation) {
  return {name, operation, &kContactId, "$response.body#/id"};
}
inline constexpr Link kToContact = FromCreated("contact", "showContact");
inline constexpr Link kToChange = FromCreated("change", "changeContact");
inline constexpr Link kToHistory = FromCreated("history", "showHistory");

}  // namespace contacts::api
