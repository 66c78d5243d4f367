#include "infra/ops/operations.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "events/json/json_archive.h"
#include "infra/ops/account_operations.h"
#include "infra/ops/erasure_operations.h"
#include "infra/ops/export.h"
#include "infra/ops/known.h"
#include "infra/ops/operation.h"
#include "infra/ops/shown_user.h"
#include "infra/ops/state_report.h"
#include "infra/ops/submit.h"
#include "infra/ops/tenant_run.h"
#include "infra/ops/user_operations.h"

namespace contacts {
namespace {

using Kind = Argument::Kind;

Result<OpsAnswer> ReportState(const OpsContext& context, const OpsRequest& request) {
  return OpsAnswer{
      StateReport(context.views, context.status(), context.health, context.facts(),
                  ops::ShowLocks(context, context.passwords.LockedNetworks()),
                  request.digest.value_or(false) ? WithDigest::kYes : WithDigest::kNo)};
}

Result<OpsAnswer> WrapSecrets(const OpsContext& context) {
  const auto wrapped = context.wrap_secrets();
  if (!wrapped.ok()) return wrapped.error();
  return OpsAnswer{ToJson(*wrapped) + "\n"};
}

std::vector<Operation> MakeTable() {
  return {
      {"address list",
       "List the addresses that are locked after failed log-ins; each server has its own",
       Operation::Place::kServer,
       {},
       [](const OpsContext& c, const OpsRequest&, const TenantId&) {
         return ops::ListAddresses(c);
       }},
      {"address unlock",
       "End an address's lock after failed log-ins; each server has its own",
       Operation::Place::kServer,
       {{"address", Kind::kText, &OpsRequest::address, "The address", "an address"}},
       [](const OpsContext& c, const OpsRequest& r, const TenantId&) {
         return ops::UnlockAddress(c, r);
       }},
      {"tenant list",
       "List the tenants",
       Operation::Place::kReadOnly,
       {},
       [](const OpsContext& c, const OpsRequest&, const TenantId&) { return ops::ListTenants(c); }},
      {"tenant limit",
       "Limit a tenant",
       Operation::Place::kDirectory,
       {{"tenant", Kind::kTenant, &OpsRequest::tenant, "The tenant", "a tenant"},
        {"--contacts", Kind::kLimit, &OpsRequest::contacts,
         "How many contacts it may have, or none for no limit", "a limit"},
        Argument::Create("Make a tenant that is not there yet")},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return ops::LimitTenant(c, r, t);
       }},
      {"export",
       "Print the very records of a tenant's history, one a line",
       Operation::Place::kReadOnly,
       {Argument::Tenant("Tenant of the history"),
        {"--from", Kind::kSequence, &OpsRequest::from, "First sequence"},
        {"--to", Kind::kSequence, &OpsRequest::to, "Last sequence [the newest]"},
        {"--open", Kind::kFlag, &OpsRequest::open,
         "Add the plain text of what is sealed; a record says who got it"},
        {"--contact", Kind::kSequence, &OpsRequest::contact,
         "With --open: the plain text about this contact only"},
        {"--recipient", Kind::kText, &OpsRequest::recipient,
         "With --open: who gets it. Name a company or an office and no person: it stays for ever"}},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return ops::Export(c, r, t);
       },
       &OpsRequest::open},
      {"status",
       "Show the state of the instance, and what to do",
       Operation::Place::kReadOnly,
       {{"--digest", Kind::kFlag, &OpsRequest::digest,
         "Add the digest of the views, which reads all rows"}},
       [](const OpsContext& c, const OpsRequest& r, const TenantId&) { return ReportState(c, r); }},
      {"disown",
       "Declare that entries of the log, chained on a missing one, are not part of a tenant's "
       "history; the tenant takes writes again",
       Operation::Place::kDirectory,
       {Argument::Tenant("Tenant of the history"),
        {"parent", Kind::kText, &OpsRequest::parent,
         "The hash that they are chained on, as status shows it", ops::kParent}},
       [](const OpsContext& c, const OpsRequest& r, const TenantId& t) {
         return ops::TenantRun(c, r, t).Disown();
       }},
      {"secrets wrap",
       "Encrypt all of the store of secrets with the first key of --master-key-file, and refuse "
       "plain values from then on",
       Operation::Place::kStores,
       {},
       [](const OpsContext& c, const OpsRequest&, const TenantId&) { return WrapSecrets(c); }},
      {"rebuild",
       "Remove the views and make them anew from the log; no server may be running",
       Operation::Place::kNoServer,
       {},
       nullptr},
      {"restore",
       "Put a copy of a data directory in the place of the log, and begin a new epoch; no server "
       "may be running",
       Operation::Place::kNoServer,
       {{"copy", Kind::kText, &OpsRequest::copy, "The copy, made while no process used it"},
        {"--here", Kind::kFlag, &OpsRequest::here,
         "The copy was put in place by hand: only begin the epoch"},
        {"--epoch", Kind::kSequence, &OpsRequest::epoch,
         "The new epoch, when that of an earlier restore is lost [one more than is known]"},
        {"--without-erasures", Kind::kFlag, &OpsRequest::without_erasures,
         "Without --erasures: whoever was erased after the copy was made is readable again"}},
       nullptr}};
}

std::vector<Operation> MakeAll() {
  std::vector<Operation> all;
  for (auto* make : {&ops::UserOperations, &MakeTable, &ops::ErasureOperations}) {
    for (Operation& operation : make()) all.push_back(std::move(operation));
  }
  for (Operation& operation : all) {
    if (!operation.MakesRecords()) continue;
    operation.arguments.push_back(
        {"--as", Kind::kText, &OpsRequest::as, "Your name; kept in the record [the login name]"});
    operation.arguments.push_back(
        {"--reason", Kind::kText, &OpsRequest::reason, "Your reason; kept in the record"});
  }
  return all;
}

bool TakesCreate(const Operation& operation) {
  for (const Argument& argument : operation.arguments) {
    if (std::string_view(argument.typed) == "--create") return true;
  }
  return false;
}

bool IsMissing(const Argument& argument, const OpsRequest& request) {
  if (*argument.called == '\0' || argument.kind == Kind::kLimit) return false;
  return std::visit([&](auto member) { return !(request.*member); }, argument.member);
}

Result<OpsAnswer> Dispatch(const OpsContext& context, const OpsRequest& request) {
  const Operation* operation = FindOperation(request.operation);
  if (operation == nullptr || operation->run == nullptr) {
    return Error{ErrorCode::kBadRequest, "There is no operation '" + request.operation + "'."};
  }
  TenantId tenant;
  for (const Argument& argument : operation->arguments) {
    if (argument.kind != Kind::kTenant) continue;
    if (!request.tenant || !IsTenantId(*request.tenant)) return MissingArgument(argument.called);
    tenant = TenantId{*request.tenant};
  }
  for (const Argument& argument : operation->arguments) {
    if (IsMissing(argument, request)) return MissingArgument(argument.called);
  }
  if (auto fault = FaultOfOperator(request)) return *std::move(fault);
  if (!tenant.value.empty() && !TakesCreate(*operation)) {
    if (auto unknown = ops::CheckTenant(context, tenant)) return *std::move(unknown);
  }
  return operation->run(context, request, tenant);
}

}  // namespace

const std::vector<Operation>& AllOperations() {
  static const auto& all = *new std::vector<Operation>(MakeAll());
  return all;
}

std::string NameOf(const Operation& operation) {
  std::string name = operation.verb;
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

const Operation* FindOperation(const std::string& name) {
  for (const Operation& operation : AllOperations()) {
    if (NameOf(operation) == name) return &operation;
  }
  return nullptr;
}

Result<OpsAnswer> Operations::Run(const OpsRequest& request) {
  try {
    return Dispatch(context_, request);
  } catch (const StoreFailure& failure) {
    return Error{ErrorCode::kUnavailable,
                 std::string("The views cannot be read: ") + failure.what()};
  }
}

}  // namespace contacts
