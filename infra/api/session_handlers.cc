#include <string>
#include <utility>

#include "events/json/json_archive.h"
#include "events/values/tenant_text.h"
#include "infra/api/account_bodies.h"
#include "infra/api/handlers.h"
#include "infra/api/json_answer.h"
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
void BeginSession(const ExchangePtr& x, const Session& session) {
  const auto then = [x, session](const Result<std::string>& cookie) {
    x->Run([&](const ExchangePtr&) {
      if (!cookie) return x->Fail(cookie.error());
      const TenantRow tenant = ViewLookup(x->state().context.views).Tenant(session.tenant);
      http::Response response = UserAnswer(session);
      response.headers.push_back({"Set-Cookie", *cookie});
      x->ForgetOtherCookies(&response);
      response.headers.push_back({"Contacts-Position", std::to_string(tenant.applied.value)});
      x->Answer(std::move(response));
    });
  };
  x->state().context.sessions.Begin(session, x->request.FindAll("Cookie"), x->request.secure, then);
}

// The position is looked at for who is known only: before, it would tell anybody where a tenant
// stands, and keep what he sent.
void CheckPassword(const ExchangePtr& x, const TenantId& tenant, Login login) {
  const LoginAttempt attempt{tenant, std::move(login.username), std::move(login.password),
                             x->request.client_address, [x] { return x->gone(); }};
  x->state().context.passwords.Check(attempt, [x](const Result<Session>& session) {
    x->Run([&](const ExchangePtr&) {
      if (!session) return x->Fail(session.error());
      x->AwaitPosition(session->tenant, [session = *session](const ExchangePtr& reached) {
        BeginSession(reached, session);
      });
    });
  });
}

}  // namespace

void LogIn(const ExchangePtr& x) {
  const std::optional<TenantId>& usual = x->state().context.default_tenant;
  auto login = ReadBody<Login>(x->request, [&](Login* value, auto* faults) {
    CheckLogin(*value, !usual.has_value(), faults);
  });
  if (!login) return x->Fail(login.error());
  if (const auto wanted = MinPosition(x->request); !wanted) return x->Fail(wanted.error());
  const TenantId tenant = login->tenant ? TenantId{*login->tenant} : *usual;
  if (const auto why = x->Unready(tenant)) return x->Fail(*why);
  x->DropBody();
  CheckPassword(x, tenant, *std::move(login));
}

void LogOut(const ExchangePtr& x) {
  if (const auto error = CheckNoFields(x->request)) return x->Fail(*error);
  x->state().context.sessions.End(x->request.FindAll("Cookie"),
                                  [x](const Result<std::string>& cookie) {
                                    x->Run([&](const ExchangePtr&) {
                                      if (!cookie) return x->Fail(cookie.error());
                                      http::Response response{204, {{"Set-Cookie", *cookie}}, {}};
                                      x->ForgetOtherCookies(&response);
                                      x->Answer(std::move(response));
                                    });
                                  });
}

void ShowUser(const ExchangePtr& x) { x->Answer(UserAnswer(x->session())); }

}  // namespace contacts::api
