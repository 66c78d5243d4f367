// The one table of operations. The command line's verbs, `--help` and the checks of /ops are made
// from it. To add an operation: a row in operations.cc, user_operations.cc or
// erasure_operations.cc, and its function in tenant_run.h or account_operations.h; an argument that
// no other operation has is a member of OpsRequest and of its field list, too.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "infra/ops/operations.h"

namespace contacts {

struct Argument {
  enum class Kind {
    kText,
    kTenant,
    kSequence,  // 1 or more
    kLimit,     // a number, or no limit: absent on /ops, "none" on the command line
    kFlag,
    kPassword,  // read from stdin; the operation itself says when it is missing (MissingPassword)
  };
  using Member =
      std::variant<std::optional<std::string> OpsRequest::*, std::optional<int64_t> OpsRequest::*,
                   std::optional<bool> OpsRequest::*>;

  const char* typed;  // "--role", or "username" for a positional argument
  Kind kind;
  Member member;
  std::string help;
  const char* called = "";  // "a role", when the operation needs it; empty: optional
  std::vector<std::string> choices = {};

  // Those of several operations.
  static Argument Tenant(const char* help);
  static Argument Create(const char* help);  // the tenant, or a role that nobody has yet
};

struct Operation {
  // The directories on which the command line runs it.
  enum class Place {
    kDirectory,     // an existing one, through its server if it has one
    kReadOnly,      // the same; without a server nothing in it is changed
    kNewDirectory,  // a missing one is made
    kStores,        // as kDirectory, but it makes no record
    kNoServer,      // only on the command line: no server may run, /ops refuses it
    kServer,        // on state that only a running server has; without one there is nothing to do
  };

  const char* verb;  // the words: "user add"; on /ops "user-add"
  const char* help;
  Place place;
  std::vector<Argument> arguments;
  // The request has all arguments that the operation needs; the tenant is empty when it takes none.
  Result<OpsAnswer> (*run)(const OpsContext&, const OpsRequest&, const TenantId&);
  // The flag with which an operation that otherwise only reads makes a record; nullptr: none.
  std::optional<bool> OpsRequest::*records_with = nullptr;

  // Whether it makes records, which hold the operator's name and reason: it takes --as and
  // --reason.
  bool MakesRecords() const {
    return place == Place::kDirectory || place == Place::kNewDirectory || records_with != nullptr;
  }
  Place PlaceOf(const OpsRequest& request) const {
    const bool records = records_with != nullptr && (request.*records_with).value_or(false);
    return records ? Place::kDirectory : place;
  }
};

inline Argument Argument::Tenant(const char* help) {
  return {"--tenant", Kind::kTenant, &OpsRequest::tenant, help, "a tenant"};
}
inline Argument Argument::Create(const char* help) {
  return {"--create", Kind::kFlag, &OpsRequest::create, help};
}

const std::vector<Operation>& AllOperations();

// The operation's name in OpsRequest::operation.
std::string NameOf(const Operation& operation);

// Whether an erasure is not asked for, but only that the bytes of earlier ones are gone.
inline bool WaitsOnly(const OpsRequest& request) {
  return request.wait.value_or(false) && !request.contact && !request.actor &&
         !request.months_before && !request.past.value_or(false);
}

// nullptr: no operation has the name.
const Operation* FindOperation(const std::string& name);

}  // namespace contacts
