// The schemas and parameters that the operations of several routes share. One that a single handler
// needs may stand next to that handler: the document has all that a row of the table points to.
#pragma once

#include <string>

#include "command/command.h"
#include "events/json/json_schema.h"
#include "infra/api/account_bodies.h"
#include "infra/api/erasure_bodies.h"
#include "infra/api/operation.h"
#include "projections/views/contact_view.h"

namespace contacts::api {

// The schema of a body that is read into a T, and of an answer that is written from one.
template <class T>
constexpr Schema RequestSchema(RequiredText name) {
  return {name, [] { return JsonSchema<T>(SchemaUse::kRequest, SchemaDialect::kOpenApi30); }};
}
template <class T>
constexpr Schema AnswerSchema(RequiredText name) {
  return {name, [] { return JsonSchema<T>(SchemaUse::kAnswer, SchemaDialect::kOpenApi30); }};
}

inline constexpr Schema kContactSchema = AnswerSchema<Contact>("Contact");
inline constexpr Schema kContactsSchema{"Contacts", nullptr, &kContactSchema};
inline constexpr Schema kNewContactSchema = RequestSchema<CreateContact>("NewContact");
inline constexpr Schema kMentionSchema = AnswerSchema<Mention>("Mention");
inline constexpr Schema kMentionsSchema{"Mentions", nullptr, &kMentionSchema};
inline constexpr Schema kLoginSchema = RequestSchema<Login>("Login");
inline constexpr Schema kActivationSchema = RequestSchema<Activation>("Activation");
inline constexpr Schema kInvitedSchema = AnswerSchema<Invited>("Invited");
inline constexpr Schema kUserSchema = AnswerSchema<User>("User");
inline constexpr Schema kErasureRequestSchema = RequestSchema<ErasureRequest>("ErasureRequest");
inline constexpr Schema kErasedSchema = AnswerSchema<Erased>("Erased");
inline constexpr Schema kHoldChangeSchema = AnswerSchema<HoldChange>("HoldChange");
inline constexpr Schema kHoldSchema = AnswerSchema<Hold>("Hold");
inline constexpr Schema kHoldsSchema{"Holds", nullptr, &kHoldSchema};
inline constexpr Schema kOpenApiSchema{"OpenApi",
                                       [] { return std::string(R"({"type":"object"})"); }};

// The document lists these first, in this order.
inline constexpr const Schema* kSharedSchemas[] = {
    &kContactSchema, &kContactsSchema,   &kNewContactSchema, &kMentionSchema, &kMentionsSchema,
    &kLoginSchema,   &kActivationSchema, &kInvitedSchema,    &kUserSchema,    &kOpenApiSchema};

// Regular expressions for what request_headers.cc accepts.
std::string IdempotencyKeyPattern();
std::string ReasonPattern();

// A position, as TextOf writes it (events/position.h).
inline constexpr std::string_view kPositionSchema =
    R"({"type":"string","pattern":"^(([2-9]|[1-9][0-9]{1,8})\\.)?[0-9]{1,15}$","example":"1"})";

inline constexpr Parameter kContactId{
    .component = "ContactId",
    .in = Parameter::In::kPath,
    .name = "contactId",
    .schema = R"({"type":"integer","format":"int64","minimum":1})"};
inline constexpr Parameter kMinPosition{
    .component = "MinPosition",
    .in = Parameter::In::kHeader,
    .name = "Contacts-Min-Position",
    .description =
        "A Contacts-Position. The answer waits until this instance has applied it; 410 with the "
        "code unknownPosition when the history of the tenant does not have it",
    .schema = kPositionSchema};
inline constexpr Parameter kPrefer{
    .component = "Prefer",
    .in = Parameter::In::kHeader,
    .name = "Prefer",
    .description =
        "wait=SECONDS says how long to wait for Contacts-Min-Position: 0 to 30; 2 if it is absent. "
        "count=exact asks a page of contacts for X-Total-Count",
    .schema = R"({"type":"string","example":"wait=5"})"};
inline constexpr Parameter kIfMatch{
    .component = "IfMatch",
    .in = Parameter::In::kHeader,
    .name = "If-Match",
    .description = "ETags, or *; the answer is 412, with the ETag of now, if that is another one",
    .schema = R"({"type":"string"})"};
inline constexpr Parameter kIfNoneMatch{
    .component = "IfNoneMatch",
    .in = Parameter::In::kHeader,
    .name = "If-None-Match",
    .description = "Entity tags, or *; the answer is 304 if one of them is still current",
    .schema = R"({"type":"string"})"};
inline constexpr Parameter kIdempotencyKey{
    .component = "IdempotencyKey",
    .in = Parameter::In::kHeader,
    .name = "Idempotency-Key",
    .description =
        "1 to 255 visible ASCII characters, bare or in quotes. A request that is repeated with "
        "its key is executed once, and each repetition gets the first answer. Another request "
        "with the same key gets 422; bodies are compared byte by byte",
    .pattern = IdempotencyKeyPattern};
inline constexpr Parameter kReason{
    .component = "Reason",
    .in = Parameter::In::kHeader,
    .name = "Contacts-Reason",
    .description =
        "The reason for the change, which the record keeps: percent-encoded UTF-8, at most 500 "
        "characters. When a request is repeated with its Idempotency-Key, the record keeps the "
        "reason of the first one",
    .pattern = ReasonPattern};

inline constexpr const Parameter* kSharedParameters[] = {
    &kContactId, &kMinPosition, &kPrefer, &kIfMatch, &kIfNoneMatch, &kIdempotencyKey, &kReason};

}  // namespace contacts::api
