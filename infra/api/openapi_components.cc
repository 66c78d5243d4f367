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
    {304, "NotModified", "An entity tag of If-None-Match is still current"},
    {400, "BadRequest", "The request is faulty; fields lists the faults of the body"},
    {401, "Unauthorized",
     "There is no valid session or token, or the user name or password is wrong"},
    {403, "Forbidden",
     "The role does not allow the request, or it comes from a page of another site"},
    {404, "NotFound", "The resource does not exist, or the user may not see it"},
    {409, "Conflict",
     "Another contact or account has this e-mail address, or a legal hold forbids the erasure"},
    {410, "Gone",
     "The history of the tenant does not have this position, or that of the attempt which the "
     "Idempotency-Key names (code unknownPosition), or the person was erased (code erased), or the "
     "user may see something else than the client's copy is of (code viewChanged)"},
    {412, "PreconditionFailed", "The resource has another entity tag than If-Match names"},
    {413, "ContentTooLarge", "The body is larger than 256 KiB, or the record would be too large"},
    {415, "UnsupportedMediaType",
     "The Content-Type of the body is neither application/json in UTF-8 nor another one that "
     "requestBody lists"},
    {422, "KeyReused", "The Idempotency-Key was used for another request"},
    {429, "TooManyRequests", "Too many requests: wait as Retry-After says, then try again"},
    {500, "InternalError", "The server failed"},
    {503, "Unavailable",
     "The server cannot answer now. Try again later, a change with the Idempotency-Key of this "
     "answer. The message says if the outcome is unknown"},
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

// The percent-encoding of one character that is not a control character: itself if it is visible
// ASCII or a space, else the two to four bytes of well-formed UTF-8 (Unicode's table 3-7).
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
"Contacts-Position":{"schema":{"type":"string","example":"17"},"description":"The position of the tenant at which the answer is true: opaque text"},
"Contacts-Parked":{"schema":{"type":"integer","format":"int64"},"description":"The record at which the tenant's read models wait; they show the state before it"},
"Contacts-View":{"schema":{"type":"string"},"description":"Names what the user may see: the view with which GET /contacts/changes goes on"},
"Contacts-Erased":{"schema":{"type":"integer","format":"int64"},"description":"How many contacts of the list as it was are left out, because they were erased since; absent: none"},
"Link":{"schema":{"type":"string"},"description":"RFC 8288; rel=next is the next page, which the last one does not have"},
"X-Total-Count":{"schema":{"type":"integer","format":"int64"},"description":"How many contacts all pages have together; left out when counting would take long"},
"ETag":{"schema":{"type":"string"}},
"Retry-After":{"schema":{"type":"integer"},"description":"How many seconds to wait before the next attempt"},
"Idempotency-Key":{"schema":{"type":"string"},"description":"The key that makes a retry safe"},
"WWW-Authenticate":{"schema":{"type":"string"},"description":"How to authenticate (RFC 6750): in each 401, and in a 403 to a token"},
"Set-Cookie":{"schema":{"type":"string"},"description":"The session cookie, connect.sid unless it is configured otherwise"}})";

constexpr std::string_view kError =
    R"({"type":"object","required":["error","message"],"properties":{
"error":{"type":"string","description":"The reason phrase of the status"},"message":{"type":"string"},
"code":{"type":"string","description":"Why, in a word for programs, where the status does not say it: emailTaken, userNameTaken, unknownPosition, erased, viewChanged, asOfTooFar"},
"start":{"type":"string","description":"With viewChanged: where to make a new copy from"},
"contactId":{"type":"integer","format":"int64","description":"With emailTaken and userNameTaken: the contact of the holder, if the caller may see it"},
"isActive":{"type":"boolean","description":"Whether that contact is active"},
"fields":{"type":"array","items":{"type":"object","required":["path","message"],"properties":{
"path":{"type":"string","description":"A JSON pointer into the body"},"message":{"type":"string"}}}}}})";

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

// The shared parts, then the others that rows point to, each once.
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
    for (const Schema* schema :
         {route.operation.body, route.operation.answer, route.operation.events}) {
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
         R"("token":{"type":"http","scheme":"bearer","description":"The token of a machine"}}})";
}

}  // namespace contacts::api
