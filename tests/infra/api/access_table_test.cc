// Every route of the table, by every kind of caller of two tenants that share ids, e-mails and
// names: allowed callers are let in, and neither tenant sees or changes anything of the other.
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <utility>

#include "infra/api/route_table.h"
#include "infra/identity/carried_token.h"
#include "tests/infra/api/whole_service.h"
#include "tests/support/keys.h"

namespace contacts::api {
namespace {

struct Caller {
  std::string name;
  std::set<Who> may;  // in addition to the routes for anyone
};

const std::vector<Caller>& Callers() {
  static const std::vector<Caller> callers = {
      {"admin", {Who::kEveryUser, Who::kChangers, Who::kAuditors, Who::kAdmins}},
      {"consultant", {Who::kEveryUser, Who::kChangers}},
      {"member", {Who::kEveryUser}},
      {"auditor", {Who::kEveryUser, Who::kAuditors}},
      {"client", {Who::kEveryUser}},
      {"intern", {Who::kEveryUser}},  // an unknown role
      {"Admin", {Who::kEveryUser}},   // roles compare byte for byte
      {"token:read", {Who::kEveryUser}},
      {"token:write", {Who::kEveryUser, Who::kChangers}},
      {"token:audit", {Who::kEveryUser, Who::kAuditors}},
      {"nobody", {}},
  };
  return callers;
}

// Values for the parameters of a path: those of a contact that both tenants have.
const std::map<std::string, std::string>& PathValues() {
  static const std::map<std::string, std::string> values = {{"contactId", "1"}};
  return values;
}

// A body that a route takes. `number` makes values that must be new.
using MakeBody = std::function<std::string(const TenantId&, int number)>;

// For each route with a body, or the test fails.
const std::map<std::string, MakeBody>& Bodies() {
  static const std::map<std::string, MakeBody> bodies = {
      {"POST /contacts",
       [](const TenantId& tenant, int number) {
         return R"({"fullName":"New","email":"new)" + std::to_string(number) +
                R"(@example.com","type":"internal","company":"only )" + tenant.value + "\"}";
       }},
      {"PATCH /contacts/{contactId}",
       [](const TenantId&, int number) {
         return R"({"title":"T)" + std::to_string(number) + "\"}";
       }},
      {"POST /login",
       [](const TenantId& tenant, int) {
         return R"({"username":"admin","password":"password of admin","tenant":")" + tenant.value +
                "\"}";
       }},
      {"POST /contacts/{contactId}/erasure",
       [](const TenantId&, int) { return R"({"ground":"a"})"; }},
      {"POST /activate",
       [](const TenantId& tenant, int) {
         return R"({"token":")" + NewCarriedToken(kInvitation, tenant, "1") +
                R"(","password":"long enough"})";
       }},
  };
  return bodies;
}

// The status for an allowed caller, where it differs from that of the operation.
const std::map<std::string, int>& OtherStatuses() {
  static const std::map<std::string, int> statuses = {
      {"POST /activate", 404}};  // there is no such link
  return statuses;
}

std::string NameOf(const ApiRoute& route) {
  return std::string(route.method) + " " + std::string(route.path);
}

// A request that a route takes, and the status for an allowed caller.
struct Sample {
  std::string target;
  std::string body;
  int status;
};

// Made from the row where possible; nullopt: a value is missing above, and the test fails.
std::optional<Sample> SampleOf(const ApiRoute& route, const TenantId& tenant, int number) {
  const std::string name = NameOf(route);
  Sample sample{std::string(route.path), "", route.operation.status};
  for (const Parameter* parameter : route.operation.parameters) {
    if (parameter->in != Parameter::In::kPath) continue;
    const std::string parameter_name(parameter->name);
    const auto value = PathValues().find(parameter_name);
    if (value == PathValues().end()) {
      ADD_FAILURE() << name << ": {" << parameter_name << "} has no value in PathValues(): add one";
      return std::nullopt;
    }
    const std::string braced = "{" + parameter_name + "}";
    sample.target.replace(sample.target.find(braced), braced.size(), value->second);
  }
  if (route.operation.body != nullptr) {
    const auto make = Bodies().find(name);
    if (make == Bodies().end()) {
      ADD_FAILURE() << name << " has no sample in Bodies(): add one";
      return std::nullopt;
    }
    sample.body = make->second(tenant, number);
  }
  const auto other = OtherStatuses().find(name);
  if (other != OtherStatuses().end()) sample.status = other->second;
  return sample;
}

const ApiRoute& RouteNamed(const std::string& name) {
  for (const ApiRoute& route : RouteTable()) {
    if (NameOf(route) == name) return route;
  }
  throw std::runtime_error("there is no route " + name);
}

class AccessTable : public ::testing::Test {
 protected:
  AccessTable() {
    for (const TenantId& tenant : {kAcme, kOther}) Populate(tenant);
  }

  // Users and contacts of the same names, ids and e-mails; only the company differs.
  void Populate(const TenantId& tenant) {
    for (const Caller& caller : Callers()) {
      if (caller.name == "nobody") continue;
      if (!caller.name.starts_with("token:")) {
        const std::string name = caller.name == "Admin" ? "capital" : caller.name;
        whole_.AddUserOf(tenant, name, caller.name);
        continue;
      }
      const TokenScope scope = *EnumFrom<TokenScope>(caller.name.substr(6));
      const std::string id = caller.name.substr(6);
      const std::string token = NewCarriedToken(kMachineToken, tenant, id);
      ASSERT_FALSE(
          whole_.Submit(tenant, IssueToken{id, id, scope, std::nullopt, Sha256(token)}).error);
      tokens_[tenant.value + caller.name] = token;
    }
    CreateContact create;
    create.fields.full_name = "Jane Doe";
    create.fields.email = "jane@example.com";
    create.fields.company = "only " + tenant.value;
    create.can_login = true;
    ASSERT_FALSE(whole_.Submit(tenant, create).error);
  }

  // The header by which the caller authenticates.
  std::vector<http::Header> Credentials(const TenantId& tenant, const std::string& name) {
    if (name == "nobody") return {};
    const auto token = tokens_.find(tenant.value + name);
    if (token != tokens_.end()) return {{"Authorization", "Bearer " + token->second}};
    return {whole_.LogIn(tenant, name == "Admin" ? "capital" : name)};
  }

  // Records of the tenant without notes of refusals, which come after their answers.
  int64_t ChangesOf(const TenantId& tenant) {
    int64_t changes = 0;
    for (const Event& event : whole_.EventsOf(tenant)) {
      changes += !std::holds_alternative<CommandRefused>(event);
    }
    return changes;
  }

  Whole whole_;
  std::map<std::string, std::string> tokens_;
};

int ExpectedStatus(const Caller& caller, Who who, int when_allowed) {
  if (who == Who::kAnyone || who == Who::kAnyoneAtOnce) return when_allowed;
  if (caller.name == "nobody") return 401;
  return caller.may.contains(who) ? when_allowed : 403;
}

// RFC 9110, 15.5.2 and RFC 6750, 3.1: Java's client throws at a 401 without a challenge.
void CheckChallenge(const Received& received, const Caller& caller, Who who) {
  const bool by_token = caller.name.starts_with("token:");
  std::string expected;
  if (received.status == 401) expected = "Bearer realm=\"contacts\"";
  if (received.status == 403 && by_token) {
    expected = "Bearer realm=\"contacts\", error=\"insufficient_scope\"";
    if (who == Who::kChangers) expected += ", scope=\"write\"";
    if (who == Who::kAuditors) expected += ", scope=\"audit\"";
  }
  EXPECT_EQ(received.Header("www-authenticate"), expected);
}

TEST_F(AccessTable, EachRouteLetsInAllowedCallersAndShowsNothingOfAnotherTenant) {
  int number = 0;
  for (const ApiRoute& route : RouteTable()) {
    for (const Caller& caller : Callers()) {
      for (const auto& [tenant, other] : {std::pair(kAcme, kOther), std::pair(kOther, kAcme)}) {
        SCOPED_TRACE(NameOf(route) + " by " + caller.name + " of " + tenant.value);
        const auto sample = SampleOf(route, tenant, ++number);
        ASSERT_TRUE(sample);
        const int64_t others = ChangesOf(other);
        const Received received = whole_.Send(std::string(route.method), "/api" + sample->target,
                                              Credentials(tenant, caller.name), sample->body);
        EXPECT_EQ(received.status, ExpectedStatus(caller, route.who, sample->status))
            << received.body;
        CheckChallenge(received, caller, route.who);
        EXPECT_EQ(received.body.find("only " + other.value), std::string::npos) << received.body;
        EXPECT_EQ(received.body.find("\"tenantId\":\"" + other.value), std::string::npos);
        EXPECT_EQ(ChangesOf(other), others);
      }
    }
  }
}

TEST_F(AccessTable, AUserThatSeesAllSeesOnlyItsOwnTenant) {
  for (const TenantId& tenant : {kAcme, kOther}) {
    for (const char* name :
         {"admin", "consultant", "member", "auditor", "token:read", "token:write", "token:audit"}) {
      EXPECT_NE(whole_.Send("GET", "/api/contacts", Credentials(tenant, name))
                    .body.find("only " + tenant.value),
                std::string::npos)
          << name;
    }
  }
}

TEST_F(AccessTable, ARefusedChangeChangesNothing) {
  const std::string contacts =
      whole_.Send("GET", "/api/contacts", Credentials(kAcme, "admin")).body;
  int number = 1000;
  for (const ApiRoute& route : RouteTable()) {
    if (!route.Changes()) continue;
    for (const Caller& caller : Callers()) {
      const auto sample = SampleOf(route, kAcme, ++number);
      ASSERT_TRUE(sample);
      if (ExpectedStatus(caller, route.who, sample->status) < 400) continue;
      whole_.Send(std::string(route.method), sample->target, Credentials(kAcme, caller.name),
                  sample->body);
    }
  }
  EXPECT_EQ(whole_.Send("GET", "/api/contacts", Credentials(kAcme, "admin")).body, contacts);
  for (const Event& event : whole_.EventsOf(kAcme)) {
    EXPECT_FALSE(std::holds_alternative<InvitationIssued>(event));
  }
}

TEST_F(AccessTable, APageOfAnotherSiteChangesNothingWithACookieButMayWithAToken) {
  const http::Header evil{"Origin", "https://evil.example"};
  int number = 2000;
  for (const ApiRoute& route : RouteTable()) {
    if (!route.Changes()) continue;
    const auto sample = SampleOf(route, kAcme, ++number);
    ASSERT_TRUE(sample);
    std::vector<http::Header> headers = Credentials(kAcme, "admin");
    headers.push_back(evil);
    EXPECT_EQ(whole_.Send(std::string(route.method), sample->target, headers, sample->body).status,
              403)
        << NameOf(route);
  }
  std::vector<http::Header> headers = Credentials(kAcme, "token:write");
  headers.push_back(evil);
  const Sample create = SampleOf(RouteNamed("POST /contacts"), kAcme, ++number).value();
  EXPECT_EQ(whole_.Send("POST", create.target, headers, create.body).status, 200);
}

TEST_F(AccessTable, AMadeUpTokenIsCalledInvalid) {
  for (const char* given : {"Bearer x", "Bearer", "bearer ctk_acme_1_"}) {
    EXPECT_EQ(
        whole_.Send("GET", "/api/contacts", {{"Authorization", given}}).Header("www-authenticate"),
        "Bearer realm=\"contacts\", error=\"invalid_token\"")
        << given;
  }
  // A log-in says that the password is wrong, whatever token came with it.
  EXPECT_EQ(whole_
                .Send("POST", "/api/login", {{"Authorization", "Bearer x"}},
                      R"({"username":"admin","password":"wrong","tenant":"acme"})")
                .Header("www-authenticate"),
            "Bearer realm=\"contacts\"");
}

TEST_F(AccessTable, ATokenCountsAloneWhenACookieComesWithIt) {
  const http::Header admin = Credentials(kAcme, "admin").front();
  const http::Header read = Credentials(kAcme, "token:read").front();
  const auto get = [&](const std::vector<http::Header>& headers) {
    return whole_.Send("GET", "/api/user", headers);
  };
  EXPECT_NE(get({admin, read}).body.find(R"("id":"token:read","username":"read")"),
            std::string::npos);
  EXPECT_EQ(get({admin, {"Authorization", "Bearer x"}}).status, 401);
  EXPECT_EQ(get({admin, {"Authorization", "Bearer"}}).status, 401);
  EXPECT_EQ(get({read, {"Authorization", "Basic eDp5"}}).status, 401) << "which of two is meant?";
  EXPECT_EQ(get({admin, {"Authorization", "Basic eDp5"}}).status, 200) << "a proxy may want it";
  EXPECT_EQ(get({{"authorization", "bearer  " + read.value.substr(7)}}).status, 200);
  ASSERT_FALSE(whole_.Submit(kAcme, RevokeToken{"read"}).error);
  EXPECT_EQ(get({read}).status, 401);
  EXPECT_EQ(get({Credentials(kOther, "token:read").front()}).status, 200);
}

TEST_F(AccessTable, ARecordNamesTheTokenThatCreatedIt) {
  const Sample create = SampleOf(RouteNamed("POST /contacts"), kAcme, 1).value();
  ASSERT_EQ(
      whole_.Send("POST", create.target, Credentials(kAcme, "token:write"), create.body).status,
      200);
  std::string last;
  query::ReadRecords(whole_.views(), kAcme, Sequence{1}, Sequence{INT64_MAX},
                     [&](Sequence, std::string_view bytes) {
                       last = bytes;
                       return true;
                     });
  const Record record = ReadRecord(last).value();
  EXPECT_EQ(record.envelope.actor, "token:write");
  EXPECT_EQ(record.envelope.actorname, "write");
  EXPECT_TRUE(std::holds_alternative<ContactCreated>(record.event));
}

}  // namespace
}  // namespace contacts::api
