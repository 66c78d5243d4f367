#include <string>
#include <utility>

#include "events/json/json_archive.h"
#include "events/values/tenant_text.h"
#include "infra/api/account_bodies.h"
#include "infra/api/handlers.h"
#include "infra/api/json_answer.h"
#include "infra/api/query_parameters.h"
#include "infra/api/read_body.h"
#include "infra/api/request_headers.h"
#include "projections/view_lookup.h"

namespace contacts::api {
namespace {

void CheckLogin(const Login& login, bool needs_tenant, Faults* faults) {
  if (login.username.empty()) faults->Add("/username", "must not be empty");
  if (login.password.empty()) faults->Add("/password", "must not be empty");
  if (login.tenant && !IsTenantId(*login.tenant)) {
    faults->Add("/tenant", FaultOfTenant(*login.tenant));
  } else if (!login.tenant && needs_tenant) {
    faults->Add("/tenant", "is required: this server has no default tenant");
  }
}

http::Response UserAnswer(const Session& session) {
  return JsonAnswer(ToJson(
      User{session.user_id, session.username, session.role, session.tenant, session.contact_id}));
}

// The password was right.
void BeginSession(const ExchangePtr& exchange, const Session& session) {
  const auto then = [exchange, session](const Result<std::string>& cookie) {
    exchange->Run([&](const ExchangePtr&) {
      if (!cookie) return exchange->Fail(cookie.error());
      const TenantRow tenant = ViewLookup(exchange->state().context.views).Tenant(session.tenant);
      http::Response response = UserAnswer(session);
      response.headers.push_back({"Set-Cookie", *cookie});
      exchange->ForgetOtherCookies(&response);
      response.headers.push_back({"Contacts-Position", TextOf(PositionAt(tenant, tenant.applied))});
      exchange->Answer(std::move(response));
    });
  };
  exchange->state().context.sessions.Begin(session, exchange->request.FindAll("Cookie"),
                                           exchange->request.secure, then);
}

// The position is awaited only after the password was right: before, the wait would tell anyone the
// tenant's position, and keep the request in memory.
void CheckPassword(const ExchangePtr& exchange, const TenantId& tenant, Login login) {
  const LoginAttempt attempt{tenant, std::move(login.username), std::move(login.password),
                             exchange->request.client_address,
                             [exchange] { return exchange->gone(); }};
  exchange->state().context.passwords.Check(attempt, [exchange](const Result<Session>& session) {
    exchange->Run([&](const ExchangePtr&) {
      if (!session) return exchange->Fail(session.error());
      exchange->AwaitPosition(session->tenant, [session = *session](const ExchangePtr& resumed) {
        BeginSession(resumed, session);
      });
    });
  });
}

}  // namespace

void LogIn(const ExchangePtr& exchange) {
  const std::optional<TenantId>& usual = exchange->state().context.default_tenant;
  auto login = ReadBody<Login>(exchange->request, [&](Login* value, auto* faults) {
    CheckLogin(*value, !usual.has_value(), faults);
  });
  if (!login) return exchange->Fail(login.error());
  if (const auto wanted = PositionsWanted(exchange->request); !wanted)
    return exchange->Fail(wanted.error());
  const TenantId tenant = login->tenant ? TenantId{*login->tenant} : *usual;
  if (const auto why = exchange->Unready(tenant)) return exchange->Fail(*why);
  exchange->DropBody();
  CheckPassword(exchange, tenant, *std::move(login));
}

void LogOut(const ExchangePtr& exchange) {
  if (const auto error = CheckNoFields(exchange->request)) return exchange->Fail(*error);
  exchange->state().context.sessions.End(
      exchange->request.FindAll("Cookie"), [exchange](const Result<std::string>& cookie) {
        exchange->Run([&](const ExchangePtr&) {
          if (!cookie) return exchange->Fail(cookie.error());
          http::Response response{204, {{"Set-Cookie", *cookie}}, {}};
          exchange->ForgetOtherCookies(&response);
          exchange->Answer(std::move(response));
        });
      });
}

void ShowUser(const ExchangePtr& exchange) { exchange->Answer(UserAnswer(exchange->session())); }

}  // namespace contacts::api
