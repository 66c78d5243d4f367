#include <string>
#include <string_view>

#include "command/command.h"
#include "events/json/json.h"
#include "events/json/json_schema.h"
#include "infra/api/bodies.h"
#include "infra/api/openapi.h"
#include "projections/views/contact_view.h"

namespace contacts::api {
namespace {

struct ErrorKind {
  int status;
  std::string_view name;
  std::string_view description;
};

constexpr ErrorKind kErrors[] = {
    {304, "NotModified", "What If-None-Match names is still true"},
    {400, "BadRequest", "The request must be mended; fields names each fault of the body"},
    {401, "Unauthorized", "No valid session, or a wrong user name or password"},
    {403, "Forbidden", "The role does not allow it, or a page of another site asks"},
    {404, "NotFound", "There is no such thing, or it may not be seen"},
    {409, "Conflict", "The e-mail is taken"},
    {412, "PreconditionFailed", "If-Match does not match"},
    {413, "ContentTooLarge", "The body has more than 256 KiB, or the record would be too large"},
    {415, "UnsupportedMediaType", "The body is not declared as application/json"},
    {422, "KeyReused", "The Idempotency-Key was used for another request"},
    {429, "TooManyRequests", "Wait, then try again"},
    {500, "InternalError", "The server failed"},
    {503, "Unavailable",
     "Try again later; with Idempotency-Key: the outcome is unknown, retry with that key"},
};

std::string Response(const ErrorKind& kind) {
  std::string out = "{\"description\":\"" + std::string(kind.description) + "\"";
  if (kind.status == 304) return out + "}";
  if (kind.status == 429 || kind.status == 503) {
    out += R"(,"headers":{"Retry-After":{"$ref":"#/components/headers/Retry-After"})";
    if (kind.status == 503) {
      out += R"(,"Idempotency-Key":{"$ref":"#/components/headers/Idempotency-Key"})";
    }
    out += "}";
  }
  return out +
         R"(,"content":{"application/json":{"schema":{"$ref":"#/components/schemas/Error"}}}})";
}

// What percent-encoding makes of one character that is no control character: itself if it is
// visible ASCII or a space, else the two to four bytes of well-formed UTF-8 (Unicode's table 3-7).
std::string EncodedCharacter() {
  const std::string next = "%[89ABab][0-9A-Fa-f]";
  return "(?:[ -$&-~]|%2[0-9A-Fa-f]|%[3-6][0-9A-Fa-f]|%7[0-9A-Ea-e]"
         "|%[Cc]2%[ABab][0-9A-Fa-f]|%(?:[Cc][3-9A-Fa-f]|[Dd][0-9A-Fa-f])" +
         next + "|%[Ee]0%[ABab][0-9A-Fa-f]" + next + "|%[Ee][1-9A-CEFa-cef](?:" + next +
         "){2}|%[Ee][Dd]%[89][0-9A-Fa-f]" + next + "|%[Ff]0%[9ABab][0-9A-Fa-f](?:" + next +
         "){2}|%[Ff][1-3](?:" + next + "){3}|%[Ff]4%8[0-9A-Fa-f](?:" + next + "){2})";
}

// Bare, or a structured-field string (RFC 8941, 3.3.3).
constexpr std::string_view kKeyPattern =
    R"(^(?:[!#-~][!-~]{0,254}|"(?:[!#-\[\]-~]|\\["\\]){1,255}")$)";

struct Parameter {
  std::string_view component;
  std::string_view header;
  std::string schema;
  std::string_view description;
};

std::string Patterned(const std::string& pattern) {
  std::string out = "{\"type\":\"string\",\"pattern\":";
  json::AppendString(pattern, &out);
  return out + "}";
}

std::string Parameters() {
  const Parameter parameters[] = {
      {"MinPosition", "Contacts-Min-Position",
       R"({"type":"integer","format":"int64","minimum":0,"maximum":999999999999999})",
       "Answer only when this instance has applied that position of the tenant"},
      {"Prefer", "Prefer", R"({"type":"string","example":"wait=5"})",
       "wait=SECONDS (at most 30, else 5): how long to wait for Contacts-Min-Position"},
      {"IfNoneMatch", "If-None-Match", R"({"type":"string"})",
       "Entity tags, or *: 304 when one is still true"},
      {"IdempotencyKey", "Idempotency-Key", Patterned(std::string(kKeyPattern)),
       "1 to 255 visible ASCII characters, bare or in quotes: the same request with the same key "
       "is done once and gets the first answer again"},
      {"Reason", "Contacts-Reason", Patterned("^" + EncodedCharacter() + "{0,500}$"),
       "Why, kept in the record: percent-encoded UTF-8, at most 500 characters"},
  };
  std::string out = R"({"ContactId":{"name":"contactId","in":"path","required":true,)"
                    R"("schema":{"type":"integer","format":"int64","minimum":1}})";
  for (const Parameter& parameter : parameters) {
    out += ",\"" + std::string(parameter.component) + "\":{\"name\":\"" +
           std::string(parameter.header) + R"(","in":"header","schema":)" + parameter.schema +
           ",\"description\":\"" + std::string(parameter.description) + "\"}";
  }
  return out + "}";
}

constexpr std::string_view kHeaders = R"({
"Contacts-Position":{"schema":{"type":"integer","format":"int64"},"description":"The position of the tenant by which the answer is true"},
"Contacts-Parked":{"schema":{"type":"integer","format":"int64"},"description":"The record that the tenant's read models wait at; they show the time before it"},
"ETag":{"schema":{"type":"string"}},
"Retry-After":{"schema":{"type":"integer"},"description":"seconds"},
"Idempotency-Key":{"schema":{"type":"string"},"description":"The key that makes a retry safe"},
"Set-Cookie":{"schema":{"type":"string"},"description":"connect.sid"}})";

constexpr std::string_view kError =
    R"({"type":"object","required":["error","message"],"properties":{
"error":{"type":"string","description":"the status in words"},"message":{"type":"string"},
"fields":{"type":"array","items":{"type":"object","required":["path","message"],"properties":{
"path":{"type":"string","description":"JSON pointer into the body"},"message":{"type":"string"}}}}}})";

template <class T>
std::string Schema(SchemaUse use) {
  return JsonSchema<T>(use, SchemaDialect::kOpenApi30);
}

std::string Schemas() {
  std::string out = "{\"Contact\":" + Schema<Contact>(SchemaUse::kAnswer);
  out += R"(,"Contacts":{"type":"array","items":{"$ref":"#/components/schemas/Contact"}})";
  out += ",\"NewContact\":" + Schema<CreateContact>(SchemaUse::kRequest);
  out += ",\"Mention\":" + Schema<Mention>(SchemaUse::kAnswer);
  out += R"(,"Mentions":{"type":"array","items":{"$ref":"#/components/schemas/Mention"}})";
  out += ",\"Login\":" + Schema<Login>(SchemaUse::kRequest);
  out += ",\"Activation\":" + Schema<Activation>(SchemaUse::kRequest);
  out += ",\"Invited\":" + Schema<Invited>(SchemaUse::kAnswer);
  out += ",\"User\":" + Schema<User>(SchemaUse::kAnswer);
  out += R"(,"OpenApi":{"type":"object"},"Error":)";
  return out + std::string(kError) + "}";
}

}  // namespace

std::string OpenApiResponseName(int status) {
  for (const ErrorKind& kind : kErrors) {
    if (kind.status == status) return std::string(kind.name);
  }
  return {};
}

std::string OpenApiComponents() {
  std::string responses;
  for (const ErrorKind& kind : kErrors) {
    responses += (responses.empty() ? "\"" : ",\"") + std::string(kind.name) + "\":";
    responses += Response(kind);
  }
  return "{\"schemas\":" + Schemas() + ",\"parameters\":" + Parameters() +
         ",\"headers\":" + std::string(kHeaders) + ",\"responses\":{" + responses +
         R"(},"securitySchemes":{"session":{"type":"apiKey","in":"cookie","name":"connect.sid"},)"
         R"("token":{"type":"http","scheme":"bearer","description":"A machine's token"}}})";
}

}  // namespace contacts::api
