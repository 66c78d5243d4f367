#include "infra/api/route_table.h"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <string_view>

#include "command/command.h"
#include "infra/api/contract.h"
#include "infra/api/handlers.h"

namespace contacts::api {
namespace {

constexpr std::initializer_list<const Parameter*> kPositionParameters = {&kMinPosition, &kPrefer};
constexpr std::initializer_list<const Parameter*> kListParameters = {&kMinPosition, &kPrefer,
                                                                     &kIfNoneMatch};
constexpr std::initializer_list<const char*> kPositionHeaders = {"Contacts-Position",
                                                                 "Contacts-Parked"};
constexpr std::initializer_list<const char*> kPositionAndTagHeaders = {"Contacts-Position",
                                                                       "Contacts-Parked", "ETag"};

// clang-format off
constexpr ApiRoute kRoutes[] = {
    {"GET", "/contacts", Who::kEveryUser, ListContacts,
     {.id = "listContacts",
      .summary = "All contacts that the user may see, ordered by id",
      .parameters = kListParameters,
      .answer = &kContactsSchema,
      .headers = kPositionAndTagHeaders}},

    {"POST", "/contacts", Who::kChangers, CreateContactOf,
     {.id = "createContact",
      .summary = "Creates a contact; only for the roles admin and consultant",
      .parameters = {&kIdempotencyKey, &kReason, &kMinPosition, &kPrefer},
      .body = &kNewContactSchema,
      .answer = &kContactSchema,
      .headers = {"Contacts-Position"},
      .errors = {409, 422}},
     CreateContact::kName},

    {"GET", "/contacts/mentions", Who::kEveryUser, ListMentions,
     {.id = "listMentions",
      .summary = "The active contacts that the user may see, with the fields of a mention, ordered by id",
      .parameters = kListParameters,
      .answer = &kMentionsSchema,
      .headers = kPositionAndTagHeaders}},

    {"POST", "/login", Who::kAnyone, LogIn,
     {.id = "logIn",
      .summary = "Begins a session and sets its cookie",
      .parameters = kPositionParameters,
      .body = &kLoginSchema,
      .answer = &kUserSchema,
      .headers = {"Set-Cookie", "Contacts-Position"},
      .errors = {401, 429}}},

    {"POST", "/logout", Who::kAnyoneAtOnce, LogOut,
     {.id = "logOut",
      .summary = "Ends the session, if there is one",
      .status = 204,
      .headers = {"Set-Cookie"},
      .errors = {503}}},

    {"POST", "/accounts/{contactId}/invitation", Who::kAdmins, InviteAccount,
     {.id = "inviteAccount",
      .summary = "Makes a link with which the bearer sets the password of a contact's account, and "
                 "ends an older link; only for the role admin",
      .parameters = {&kContactId, &kReason, &kMinPosition, &kPrefer},
      .answer = &kInvitedSchema,
      .headers = {"Contacts-Position"},
      .errors = {404}},
     IssueInvitation::kName},

    {"POST", "/activate", Who::kAnyone, Activate,
     {.id = "activate",
      .summary = "Sets the password of the account that the link belongs to; a link works once",
      .body = &kActivationSchema,
      .status = 204,
      .errors = {404, 429}}},

    {"GET", "/user", Who::kEveryUser, ShowUser,
     {.id = "showUser",
      .summary = "The user who is logged in",
      .parameters = kPositionParameters,
      .answer = &kUserSchema,
      .headers = kPositionHeaders}},

    {"GET", "/openapi.json", Who::kAnyoneAtOnce, ShowOpenApi,
     {.id = "showOpenApi",
      .summary = "This document",
      .parameters = {&kIfNoneMatch},
      .answer = &kOpenApiSchema,
      .headers = {"ETag"}}},
};
// clang-format on

template <class Rule>
constexpr bool Each(Rule rule) {
  return std::all_of(std::begin(kRoutes), std::end(kRoutes), rule);
}

// Whether no two rows are alike.
template <class Alike>
constexpr bool AreUnique(Alike alike) {
  return Each([&](const ApiRoute& route) {
    return std::count_if(std::begin(kRoutes), std::end(kRoutes),
                         [&](const ApiRoute& other) { return alike(route, other); }) == 1;
  });
}

// Whether the path has the parameter between braces.
constexpr bool IsInPath(const Parameter& parameter, std::string_view path) {
  const std::string_view name = parameter.name;
  for (size_t at = path.find('{'); at != path.npos; at = path.find('{', at + 1)) {
    const std::string_view rest = path.substr(at + 1);
    if (rest.starts_with(name) && rest.substr(name.size()).starts_with('}')) return true;
  }
  return false;
}

constexpr bool DescribesItsPath(const ApiRoute& route) {
  const std::string_view path = route.path;
  std::ptrdiff_t described = 0;
  for (const Parameter* parameter : route.operation.parameters) {
    if (parameter->in != Parameter::In::kPath) continue;
    if (!IsInPath(*parameter, path)) return false;
    ++described;
  }
  return described == std::count(path.begin(), path.end(), '{');
}

static_assert(AreUnique([](const ApiRoute& a, const ApiRoute& b) {
                return a.method.value == b.method.value && a.path.value == b.path.value;
              }),
              "two rows have the same method and path");
static_assert(AreUnique([](const ApiRoute& a, const ApiRoute& b) {
                return a.operation.id.value == b.operation.id.value;
              }),
              "two operations have the same id");
static_assert(
    Each(DescribesItsPath),
    "each part in braces needs a path parameter, and each path parameter a part in braces");
static_assert(Each([](const ApiRoute& route) {
                return (route.operation.status == 204) == (route.operation.answer == nullptr);
              }),
              "an answer needs a schema, or else the status 204");
static_assert(Each([](const ApiRoute& route) {
                return route.operation.body == nullptr || route.Changes();
              }),
              "a GET request has no body");
static_assert(Each([](const ApiRoute& route) {
                return !route.NeedsSession() ||
                       (route.operation.Takes(kMinPosition) && route.operation.Takes(kPrefer));
              }),
              "a route that needs a session takes Contacts-Min-Position and Prefer");

}  // namespace

std::span<const ApiRoute> RouteTable() { return kRoutes; }

}  // namespace contacts::api
