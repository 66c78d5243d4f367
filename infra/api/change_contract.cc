#include "infra/api/change_contract.h"

#include <string>

namespace contacts::api {
namespace {

constexpr const char* kChanges =
    R"({"type":"object","required":["changes","next","more","view"],"properties":{
"changes":{"type":"array","items":{"type":"object","required":["sequence","type","actor","reason"],"properties":{
"sequence":{"type":"integer","format":"int64","description":"The record that made the change"},
"epoch":{"type":"integer","format":"int64","description":"The epoch of that record; absent: 1"},
"type":{"type":"string","enum":["ContactCreated","ContactChanged","PastErased","PersonErased"],"description":"The event; ContactChanged for each removal when the user does not see the whole tenant"},
"contact":{"allOf":[{"$ref":"#/components/schemas/Contact"}],"description":"The contact after that record"},
"removed":{"type":"integer","format":"int64","description":"The id of a contact that the user saw before that record and does not see after it. A change has either contact or removed"},
"actor":{"type":"object","nullable":true,"description":"Who made the change; null when the user may not know","required":["id","name"],"properties":{
"id":{"type":"string"},"name":{"type":"string","nullable":true}}},
"reason":{"type":"string","nullable":true}}}},
"next":{"type":"string","description":"The position up to which the answer goes: the next since"},
"more":{"type":"boolean","description":"There are records after next: ask again at once"},
"view":{"type":"string","description":"Names what the user may see"}}})";

constexpr const char* kChangeEvents =
    R"({"type":"string","description":"Server-Sent Events. The id of an event is a position, and its data is a member of changes, as JSON. The data of the last one, of the type end, is an error: why the stream ends"})";

}  // namespace

const Schema kChangesSchema{"Changes", [] { return std::string(kChanges); }};
const Schema kChangeEventsSchema{"ChangeEvents", [] { return std::string(kChangeEvents); }};

}  // namespace contacts::api
