#include "infra/api/openapi.h"

#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "events/json/json.h"
#include "events/values/hash.h"
#include "infra/api/answers.h"
#include "infra/api/handlers.h"
#include "infra/api/request_headers.h"

namespace contacts::api {
namespace {

struct Operation {
  std::string_view path;
  std::string_view method;
  std::string_view id;
  std::string_view summary;
  bool session = true;                       // needs the cookie
  std::vector<std::string_view> parameters;  // names of components
  std::string_view body = {};                // a schema; "": it takes none
  int status = 200;                          // when it succeeds …
  std::string_view answer = {};              // … with this schema; "": no content
  std::vector<std::string_view> headers;     // … and these
  std::vector<int> errors;
};

const std::vector<Operation>& Operations() {
  static const std::vector<std::string_view> reading{"MinPosition", "Prefer", "IfNoneMatch"};
  static const std::vector<std::string_view> standing{"Contacts-Position", "Contacts-Parked"};
  static const std::vector<std::string_view> list{"Contacts-Position", "Contacts-Parked", "ETag"};
  static const std::vector<Operation> operations{
      {"/contacts",
       "get",
       "listContacts",
       "All contacts that the user may see, ordered by id",
       true,
       reading,
       "",
       200,
       "Contacts",
       list,
       {304, 400, 401, 429, 503}},
      {"/contacts",
       "post",
       "createContact",
       "Creates a contact; for the roles admin and consultant",
       true,
       {"IdempotencyKey", "Reason", "MinPosition", "Prefer"},
       "NewContact",
       200,
       "Contact",
       {"Contacts-Position"},
       {400, 401, 403, 409, 413, 415, 422, 429, 503}},
      {"/contacts/mentions",
       "get",
       "listMentions",
       "The active contacts that the user may see, as a mention shows them, ordered by id",
       true,
       reading,
       "",
       200,
       "Mentions",
       list,
       {304, 400, 401, 429, 503}},
      {"/login",
       "post",
       "logIn",
       "Begins a session and sets its cookie",
       false,
       {"MinPosition", "Prefer"},
       "Login",
       200,
       "User",
       {"Set-Cookie", "Contacts-Position"},
       {400, 401, 403, 413, 415, 429, 503}},
      {"/logout",
       "post",
       "logOut",
       "Ends the session, if there is one",
       false,
       {},
       "",
       204,
       "",
       {"Set-Cookie"},
       {400, 403, 413, 415, 503}},
      {"/accounts/{contactId}/invitation",
       "post",
       "inviteAccount",
       "A link by which the account of a contact gets its password; ends an older one; for the "
       "role "
       "admin",
       true,
       {"ContactId", "Reason", "MinPosition", "Prefer"},
       "",
       200,
       "Invited",
       {"Contacts-Position"},
       {400, 401, 403, 404, 413, 415, 429, 503}},
      {"/activate",
       "post",
       "activate",
       "Sets the password of who has the link, once",
       false,
       {},
       "Activation",
       204,
       "",
       {},
       {400, 403, 404, 413, 415, 429, 503}},
      {"/user",
       "get",
       "showUser",
       "Who is logged in",
       true,
       {"MinPosition", "Prefer"},
       "",
       200,
       "User",
       standing,
       {400, 401, 429, 503}},
      {"/openapi.json",
       "get",
       "showOpenApi",
       "This document",
       false,
       {"IfNoneMatch"},
       "",
       200,
       "OpenApi",
       {"ETag"},
       {304}},
  };
  return operations;
}

std::string Quoted(std::string_view text) {
  std::string out;
  json::AppendString(text, &out);
  return out;
}

std::string Reference(std::string_view kind, std::string_view name) {
  return "{\"$ref\":\"#/components/" + std::string(kind) + "/" + std::string(name) + "\"}";
}

std::string JsonContent(std::string_view schema) {
  return "\"content\":{\"application/json\":{\"schema\":" + Reference("schemas", schema) + "}}";
}

// `render` of each, with commas between.
template <class List, class Render>
std::string Joined(const List& list, Render render) {
  std::string out;
  for (const auto& member : list) out += (out.empty() ? "" : ",") + render(member);
  return out;
}

std::string Success(const Operation& operation) {
  std::string out = "\"" + std::to_string(operation.status) + "\":{\"description\":\"done\"";
  out += ",\"headers\":{" +
         Joined(operation.headers,
                [](std::string_view name) {
                  return Quoted(name) + ":" + Reference("headers", name);
                }) +
         "}";
  if (!operation.answer.empty()) out += "," + JsonContent(operation.answer);
  return out + "}";
}

std::string Render(const Operation& operation) {
  std::string out = Quoted(operation.method) + ":{\"operationId\":" + Quoted(operation.id);
  out += ",\"summary\":" + Quoted(operation.summary);
  if (!operation.session) out += ",\"security\":[]";
  if (!operation.parameters.empty()) {
    out += ",\"parameters\":[" +
           Joined(operation.parameters,
                  [](std::string_view name) { return Reference("parameters", name); }) +
           "]";
  }
  if (!operation.body.empty()) {
    out += ",\"requestBody\":{\"required\":true," + JsonContent(operation.body) + "}";
  }
  out += ",\"responses\":{" + Success(operation) + ",";
  out += Joined(operation.errors, [](int status) {
    return "\"" + std::to_string(status) +
           "\":" + Reference("responses", OpenApiResponseName(status));
  });
  return out + "}}";
}

// Operations of one path follow each other in the table.
std::string Paths() {
  std::string out;
  std::string_view path;
  for (const Operation& operation : Operations()) {
    if (operation.path == path) {
      out += ",";
    } else {
      out += (path.empty() ? "" : "},") + Quoted(operation.path) + ":{";
      path = operation.path;
    }
    out += Render(operation);
  }
  return out + "}";
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

void ShowOpenApi(const ExchangePtr& x) {
  static const query::Chunk document = std::make_shared<const std::string>(OpenApiDocument());
  static const std::string etag = '"' + ToHex(Sha256(*document)).substr(0, 32) + '"';
  http::Response response{200, {{"ETag", etag}, {"Cache-Control", "no-cache"}}, {}};
  if (IsNotModified(x->request, etag)) {
    response.status = 304;
  } else {
    response.headers.push_back({"Content-Type", kJsonType});
    response.body.push_back(document);
  }
  x->Answer(std::move(response));
}

}  // namespace contacts::api
