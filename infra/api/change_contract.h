// The parameters, the answer and the links of GET /contacts/changes, for the OpenAPI document.
#pragma once

#include <cstdint>

#include "infra/api/contract.h"
#include "infra/api/operation.h"

namespace contacts::api {

inline constexpr int64_t kMostChanges = 1000;  // in one answer; also if the client names no limit

inline constexpr Parameter kSince{
    .component = "Since",
    .in = Parameter::In::kQuery,
    .name = "since",
    .description =
        "The position of the client's copy: the Contacts-Position of a list or of the first page, "
        "or "
        "the next of the last answer. It never expires. Absent: from the first record on",
    .schema = kPositionSchema};
inline constexpr Parameter kChangesLimit{
    .component = "ChangesLimit",
    .in = Parameter::In::kQuery,
    .name = "limit",
    .description = "The most changes in one answer; 1000 if it is absent",
    .schema = R"({"type":"integer","minimum":1,"maximum":1000})"};
inline constexpr Parameter kWait{
    .component = "Wait",
    .in = Parameter::In::kQuery,
    .name = "wait",
    .description =
        "How many seconds to wait for the first change when there is none: 0 to 30; 0 if it is "
        "absent. Prefer: wait= comes before it",
    .schema = R"({"type":"integer","minimum":0,"maximum":30})"};
inline constexpr Parameter kView{
    .component = "View",
    .in = Parameter::In::kQuery,
    .name = "view",
    .description =
        "The view of the client's copy, as the last answer named it; 410 with the code viewChanged "
        "when the user may not see the same any more, or may see more",
    .schema = R"({"type":"string","pattern":"^[0-9a-f]{16}$"})"};

inline constexpr Parameter kLastEventId{
    .component = "LastEventId",
    .in = Parameter::In::kHeader,
    .name = "Last-Event-ID",
    .description =
        "With Accept: text/event-stream: the id of the last event that the client took up, which "
        "comes before since",
    .schema = R"({"type":"string"})"};

extern const Schema kChangesSchema;
extern const Schema kChangeEventsSchema;

// From a list of contacts to what has changed since, and on from there.
inline constexpr Link kToChanges{.name = "changes",
                                 .operation = "listChanges",
                                 .parameter = &kSince,
                                 .value = "$response.header.Contacts-Position"};
inline constexpr Link kToNextChanges{.name = "next",
                                     .operation = "listChanges",
                                     .parameter = &kSince,
                                     .value = "$response.body#/next"};

}  // namespace contacts::api
