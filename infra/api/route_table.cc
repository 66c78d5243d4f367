#include "infra/api/route_table.h"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <string_view>

#include "command/command.h"
#include "infra/api/change_contract.h"
#include "infra/api/contract.h"
#include "infra/api/handlers.h"
#include "infra/api/item_contract.h"
#include "infra/api/page_parameters.h"

namespace contacts::api {
namespace {

constexpr std::initializer_list<const Parameter*> kPositionParameters = {&kMinPosition, &kPrefer};
constexpr std::initializer_list<const Parameter*> kListParameters = {&kMinPosition, &kPrefer,
                                                                     &kIfMatch, &kIfNoneMatch};
constexpr std::initializer_list<const Parameter*> kPageParameters = {
    &kLimit, &kAfter, &kAsOf, &kView, &kMinPosition, &kPrefer, &kIfMatch, &kIfNoneMatch};
constexpr std::initializer_list<const char*> kPageHeaders = {
    "Contacts-Position", "Contacts-Parked", "ETag",         "Link",
    "Contacts-View",     "Contacts-Erased", "X-Total-Count"};
constexpr std::initializer_list<const char*> kPositionHeaders = {"Contacts-Position",
                                                                 "Contacts-Parked"};
constexpr std::initializer_list<const char*> kPositionAndTagHeaders = {"Contacts-Position",
                                                                       "Contacts-Parked", "ETag"};

// clang-format off
constexpr ApiRoute kRoutes[] = {
    {"GET", "/contacts", Who::kEveryUser, ListContacts,
     {.id = "listContacts",
      .summary = "The contacts that the user may see, ordered by id: all, or page by page; as they "
                 "are, or as they were",
      .parameters = kPageParameters,
      .answer = &kContactsSchema,
      .headers = kPageHeaders,
      .links = {&kToChanges}}},

    {"POST", "/contacts", Who::kChangers, CreateContactOf,
     {.id = "createContact",
      .summary = "Creates a contact; only for the roles admin and consultant",
      .parameters = {&kIdempotencyKey, &kReason, &kMinPosition, &kPrefer},
      .body = &kNewContactSchema,
      .answer = &kContactSchema,
      .headers = {"Contacts-Position", "ETag"},
      .links = {&kToContact, &kToChange, &kToHistory},
      .errors = {409, 422}},
     CreateContact::kName},

    {"GET", "/contacts/{contactId}", Who::kEveryUser, ShowContact,
     {.id = "showContact",
      .summary = "One contact, as it is or as it was; its ETag names the record that last changed it",
      .parameters = {&kContactId, &kAsOf, &kMinPosition, &kPrefer, &kIfMatch, &kIfNoneMatch},
      .answer = &kContactSchema,
      .headers = kPositionAndTagHeaders,
      .errors = {404, 410}}},

    {"PATCH", "/contacts/{contactId}", Who::kChangers, ChangeContactOf,
     {.id = "changeContact",
      .summary = "Changes a contact by a merge patch (RFC 7396); only for the roles admin and consultant",
      .parameters = {&kContactId, &kIfMatch, &kIdempotencyKey, &kReason, &kMinPosition, &kPrefer},
      .body = &kContactPatchSchema,
      .answer = &kContactSchema,
      .headers = {"Contacts-Position", "ETag"},
      .errors = {404, 409, 410, 422}},
     ChangeContact::kName},

    {"GET", "/contacts/{contactId}/history", Who::kEveryUser, ShowHistory,
     {.id = "showHistory",
      .summary = "What was recorded about a contact, oldest first, with who, why, before and after",
      .parameters = {&kContactId, &kAfterPosition, &kHistoryLimit, &kMinPosition, &kPrefer},
      .answer = &kHistorySchema,
      .headers = kPositionHeaders,
      .errors = {404, 410}}},

    {"GET", "/contacts/mentions", Who::kEveryUser, ListMentions,
     {.id = "listMentions",
      .summary = "The active contacts that the user may see, with the fields of a mention, ordered by id",
      .parameters = kListParameters,
      .answer = &kMentionsSchema,
      .headers = kPositionAndTagHeaders}},

    {"GET", "/contacts/changes", Who::kEveryUser, ListChanges,
     {.id = "listChanges",
      .summary = "What changed of the contacts that the user may see, record by record; waits for the "
                 "first change if there is none, or streams all with Accept: text/event-stream",
      .parameters = {&kSince, &kChangesLimit, &kWait, &kView, &kLastEventId, &kMinPosition, &kPrefer},
      .answer = &kChangesSchema,
      .events = &kChangeEventsSchema,
      .headers = kPositionHeaders,
      .links = {&kToNextChanges}}},

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

    {"POST", "/contacts/{contactId}/hold", Who::kAdmins, HoldContact,
     {.id = "holdContact",
      .summary = "Places a legal hold on a contact, which forbids to erase it; only for the role "
                 "admin",
      .parameters = {&kContactId, &kIdempotencyKey, &kReason, &kMinPosition, &kPrefer},
      .answer = &kHoldChangeSchema,
      .headers = {"Contacts-Position"},
      .errors = {404, 410, 422}},
     PlaceHold::kName},

    {"DELETE", "/contacts/{contactId}/hold", Who::kAdmins, ReleaseContact,
     {.id = "releaseContact",
      .summary = "Lifts the legal hold on a contact; only for the role admin",
      .parameters = {&kContactId, &kIdempotencyKey, &kReason, &kMinPosition, &kPrefer},
      .answer = &kHoldChangeSchema,
      .headers = {"Contacts-Position"},
      .errors = {404, 410, 422}},
     LiftHold::kName},

    {"GET", "/holds", Who::kAdmins, ListHolds,
     {.id = "listHolds",
      .summary = "The contacts under legal hold, ordered by id; only for the role admin",
      .parameters = kPositionParameters,
      .answer = &kHoldsSchema,
      .headers = kPositionHeaders}},

    {"POST", "/contacts/{contactId}/erasure-of-past", Who::kAdmins, ErasePastOf,
     {.id = "erasePast",
      .summary = "Erases all that was recorded about a contact before; its present stays; only for "
                 "the role admin",
      .parameters = {&kContactId, &kIdempotencyKey, &kReason, &kMinPosition, &kPrefer},
      .answer = &kErasedSchema,
      .headers = {"Contacts-Position"},
      .errors = {404, 409, 410, 422}},
     ErasePast::kName},

    {"POST", "/contacts/{contactId}/erasure", Who::kAdmins, EraseContact,
     {.id = "eraseContact",
      .summary = "Erases a person: the contact, its accounts and what they did; a repetition gets "
                 "the first answer; only for the role admin",
      .parameters = {&kContactId, &kIdempotencyKey, &kReason, &kMinPosition, &kPrefer},
      .body = &kErasureRequestSchema,
      .answer = &kErasedSchema,
      .headers = {"Contacts-Position"},
      .errors = {404, 409, 422}},
     ErasePerson::kName},

    {"GET", "/openapi.json", Who::kAnyoneAtOnce, ShowOpenApi,
     {.id = "showOpenApi",
      .summary = "This document",
      .parameters = {&kIfMatch, &kIfNoneMatch},
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

constexpr bool LeadsOn(const Link* link) {
  return std::any_of(std::begin(kRoutes), std::end(kRoutes), [&](const ApiRoute& route) {
    return route.operation.id.value == link->operation.value &&
           route.operation.Takes(*link->parameter.value);
  });
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
                const auto& links = route.operation.links;
                return std::all_of(links.begin(), links.end(), LeadsOn);
              }),
              "a link needs an operation that takes its parameter");
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
