#include "infra/api/openapi.h"

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/json/json.h"
#include "events/values/hash.h"
#include "infra/api/contract.h"
#include "infra/api/handlers.h"
#include "infra/api/json_answer.h"
#include "infra/api/request_headers.h"
#include "infra/api/route_table.h"

namespace contacts::api {
namespace {

std::string Reference(std::string_view kind, std::string_view name) {
  return "{\"$ref\":\"#/components/" + std::string(kind) + "/" + std::string(name) + "\"}";
}

std::string Content(std::string_view media_type, const Schema& schema) {
  return json::Quoted(media_type) + ":{\"schema\":" + Reference("schemas", schema.name) + "}";
}

std::string AnswerContent(const Operation& operation) {
  std::string content = Content("application/json", *operation.answer);
  if (operation.events != nullptr) content += "," + Content("text/event-stream", *operation.events);
  return "\"content\":{" + content + "}";
}

// What CheckJsonContent accepts.
std::string BodyContent(const ApiRoute& route) {
  std::string content = Content("application/json", *route.operation.body);
  if (std::string_view(route.method) == "PATCH") {
    content += "," + Content("application/merge-patch+json", *route.operation.body);
  }
  return "\"content\":{" + content + "}";
}

std::string LowerCase(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

// `render` of each member, with commas between.
template <class List, class Render>
std::string Joined(const List& list, Render render) {
  std::string out;
  for (const auto& member : list) out += (out.empty() ? "" : ",") + render(member);
  return out;
}

// The errors that the handler finds, and those of the checks before the handler.
std::set<int> ErrorsOf(const ApiRoute& route) {
  std::set<int> errors(route.operation.errors);
  for (const Parameter* parameter : route.operation.parameters) {
    if (parameter == &kIfNoneMatch) errors.insert(304);
    if (parameter == &kIfMatch) errors.insert(412);
    if (parameter == &kMinPosition) errors.insert(410);
    if (parameter == &kMinPosition || parameter->in == Parameter::In::kQuery) errors.insert(400);
  }
  if (route.Changes()) errors.insert({400, 403, 413, 415});
  if (route.NeedsSession()) errors.insert({401, 429});
  if (route.NeedsRole()) errors.insert(403);
  if (route.who != Who::kAnyoneAtOnce) errors.insert(503);
  return errors;
}

std::string LinkText(const Link* link) {
  return json::Quoted(link->name) + ":{\"operationId\":" + json::Quoted(link->operation) +
         ",\"parameters\":{" + json::Quoted(link->parameter.value->name) + ":" +
         json::Quoted(link->value) + "}}";
}

std::string Success(const Operation& operation) {
  std::string out =
      "\"" + std::to_string(operation.status) + "\":{\"description\":\"The request succeeded\"";
  out += ",\"headers\":{" +
         Joined(operation.headers,
                [](std::string_view name) {
                  return json::Quoted(name) + ":" + Reference("headers", name);
                }) +
         "}";
  if (operation.answer != nullptr) out += "," + AnswerContent(operation);
  if (operation.links.size() > 0) out += ",\"links\":{" + Joined(operation.links, LinkText) + "}";
  return out + "}";
}

std::string Render(const ApiRoute& route) {
  const Operation& operation = route.operation;
  std::string out =
      json::Quoted(LowerCase(route.method)) + ":{\"operationId\":" + json::Quoted(operation.id);
  out += ",\"summary\":" + json::Quoted(operation.summary);
  if (!route.NeedsSession()) out += ",\"security\":[]";
  if (operation.parameters.size() > 0) {
    out += ",\"parameters\":[" +
           Joined(operation.parameters,
                  [](const Parameter* parameter) {
                    return Reference("parameters", parameter->component);
                  }) +
           "]";
  }
  if (operation.body != nullptr) {
    out += ",\"requestBody\":{\"required\":true," + BodyContent(route) + "}";
  }
  out += ",\"responses\":{" + Success(operation);
  for (const int status : ErrorsOf(route)) {
    out += ",\"" + std::to_string(status) +
           "\":" + Reference("responses", OpenApiResponseName(status));
  }
  return out + "}}";
}

// Each path once, in the place of its first row.
std::string Paths() {
  std::vector<std::pair<std::string_view, std::string>> paths;
  for (const ApiRoute& route : RouteTable()) {
    const std::string_view path = route.path;
    const auto known = std::find_if(paths.begin(), paths.end(),
                                    [&](const auto& other) { return other.first == path; });
    if (known == paths.end()) {
      paths.emplace_back(path, Render(route));
    } else {
      known->second += "," + Render(route);
    }
  }
  return Joined(
      paths, [](const auto& path) { return json::Quoted(path.first) + ":{" + path.second + "}"; });
}

}  // namespace

std::string OpenApiDocument() {
  std::string out = R"({"openapi":"3.0.3","info":{"title":"Contacts","version":")";
  out += CONTACTS_VERSION;
  out +=
      R"(","description":"An event-sourced contact directory."},)"
      R"("servers":[{"url":"/api"},{"url":"/"}],"security":[{"session":[]},{"token":[]}],"paths":{)";
  return out + Paths() + "},\"components\":" + OpenApiComponents() + "}";
}

void ShowOpenApi(const ExchangePtr& exchange) {
  static const query::Chunk document = std::make_shared<const std::string>(OpenApiDocument());
  static const std::string etag = '"' + ToHex(Sha256(*document)).substr(0, 32) + '"';
  if (FailsIfMatch(exchange->request, etag)) {
    return exchange->Answer(WithEtag(exchange->AnswerTo(HasAnotherTag("document")), etag));
  }
  http::Response response{200, {{"ETag", etag}, {"Cache-Control", "no-cache"}}, {}};
  if (IsNotModified(exchange->request, etag)) {
    response.status = 304;
  } else {
    response.headers.push_back({"Content-Type", kJsonType});
    response.body.push_back(document);
  }
  exchange->Answer(std::move(response));
}

}  // namespace contacts::api
