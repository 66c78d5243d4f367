#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "events/json/json.h"
#include "infra/api/contract.h"
#include "infra/api/openapi.h"
#include "infra/api/route_table.h"

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
    {422, "KeyReused", "The Idempotency-Key was used for a request of other bytes"},
    {429, "TooManyRequests", "Wait, then try again"},
    {500, "InternalError", "The server failed"},
    {503, "Unavailable",
     "Try again later, a change with this Idempotency-Key; the message says if the outcome is "
     "unknown"},
};

std::string Response(const ErrorKind& kind) {
  std::string out = "{\"description\":\"" + std::string(kind.description) + "\"";
  if (kind.status == 304) return out + "}";
  if (kind.status == 401 || kind.status == 403) {
    out += R"(,"headers":{"WWW-Authenticate":{"$ref":"#/components/headers/WWW-Authenticate"}})";
  }
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

constexpr std::string_view kHeaders = R"({
"Contacts-Position":{"schema":{"type":"integer","format":"int64"},"description":"The position of the tenant by which the answer is true"},
"Contacts-Parked":{"schema":{"type":"integer","format":"int64"},"description":"The record that the tenant's read models wait at; they show the time before it"},
"ETag":{"schema":{"type":"string"}},
"Retry-After":{"schema":{"type":"integer"},"description":"seconds"},
"Idempotency-Key":{"schema":{"type":"string"},"description":"The key that makes a retry safe"},
"WWW-Authenticate":{"schema":{"type":"string"},"description":"How to be let in (RFC 6750): of each 401, and of a 403 to a token"},
"Set-Cookie":{"schema":{"type":"string"},"description":"connect.sid"}})";

constexpr std::string_view kError =
    R"({"type":"object","required":["error","message"],"properties":{
"error":{"type":"string","description":"the status in words"},"message":{"type":"string"},
"fields":{"type":"array","items":{"type":"object","required":["path","message"],"properties":{
"path":{"type":"string","description":"JSON pointer into the body"},"message":{"type":"string"}}}}}})";

std::string TextOf(const Schema& schema) {
  if (schema.text != nullptr) return schema.text();
  return R"({"type":"array","items":{"$ref":"#/components/schemas/)" +
         std::string(schema.items->name) + "\"}}";
}

std::string TextOf(const Parameter& parameter) {
  static constexpr std::string_view kPlaces[] = {"path", "query", "header"};
  const std::string_view place = kPlaces[static_cast<size_t>(Parameter::In(parameter.in))];
  std::string out = "{\"name\":" + json::Quoted(parameter.name) + ",\"in\":" + json::Quoted(place);
  if (parameter.in == Parameter::In::kPath) out += ",\"required\":true";
  out += ",\"schema\":";
  if (parameter.pattern != nullptr) {
    out += "{\"type\":\"string\",\"pattern\":" + json::Quoted(parameter.pattern()) + "}";
  } else {
    out += parameter.schema;
  }
  if (!parameter.description.empty()) {
    out += ",\"description\":" + json::Quoted(parameter.description);
  }
  return out + "}";
}

// The shared ones, then the others that rows point to, each once.
template <class Part>
class Parts {
 public:
  explicit Parts(std::span<const Part* const> shared) : all_(shared.begin(), shared.end()) {}
  void Add(const Part* part) {
    if (part != nullptr && std::find(all_.begin(), all_.end(), part) == all_.end()) {
      all_.push_back(part);
    }
  }
  const std::vector<const Part*>& all() const { return all_; }

 private:
  std::vector<const Part*> all_;
};

std::string Parameters() {
  Parts<Parameter> parameters(kSharedParameters);
  for (const ApiRoute& route : RouteTable()) {
    for (const Parameter* parameter : route.operation.parameters) parameters.Add(parameter);
  }
  std::string out;
  for (const Parameter* parameter : parameters.all()) {
    out +=
        (out.empty() ? "{" : ",") + json::Quoted(parameter->component) + ":" + TextOf(*parameter);
  }
  return out + "}";
}

std::string Schemas() {
  Parts<Schema> schemas(kSharedSchemas);
  for (const ApiRoute& route : RouteTable()) {
    for (const Schema* schema : {route.operation.body, route.operation.answer}) {
      if (schema != nullptr) schemas.Add(schema->items);
      schemas.Add(schema);
    }
  }
  std::string out;
  for (const Schema* schema : schemas.all()) {
    out += (out.empty() ? "{" : ",") + json::Quoted(schema->name) + ":" + TextOf(*schema);
  }
  return out + ",\"Error\":" + std::string(kError) + "}";
}

}  // namespace

std::string IdempotencyKeyPattern() { return std::string(kKeyPattern); }

std::string ReasonPattern() { return "^" + EncodedCharacter() + "{0,500}$"; }

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
