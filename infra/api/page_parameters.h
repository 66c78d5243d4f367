// The query parameters of lists that come page by page, and of the past.
#pragma once

#include "infra/api/operation.h"

namespace contacts::api {

inline constexpr Parameter kLimit{
    .component = "Limit",
    .in = Parameter::In::kQuery,
    .name = "limit",
    .description =
        "How many contacts the answer may have; it can have fewer. The Link with rel=next leads to "
        "the next ones, without a gap; the last page has none. All pages show the list of the "
        "first page's Contacts-Position",
    .schema = R"({"type":"integer","minimum":1,"maximum":1000})"};
inline constexpr Parameter kAfter{
    .component = "AfterContact",
    .in = Parameter::In::kQuery,
    .name = "after",
    .description = "The id of a contact: the answer begins after it",
    .schema = R"({"type":"integer","format":"int64","minimum":0,"maximum":999999999999999})"};

inline constexpr Parameter kAsOf{
    .component = "AsOf",
    .in = Parameter::In::kQuery,
    .name = "asOf",
    .description =
        "A Contacts-Position, or a time (RFC 3339): what is asked for is answered as it was then, "
        "to the caller as he is now",
    .schema =
        R"({"anyOf":[{"type":"string","pattern":"^(([2-9]|[1-9][0-9]{1,8})\\.)?[0-9]{1,15}$"},)"
        R"({"type":"string","format":"date-time"}],"example":"1"})"};

}  // namespace contacts::api
