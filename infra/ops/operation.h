// The one table of operations. The command line's verbs, `--help` and the checks of /ops are made
// from it. To add an operation: a row in operations.cc and its function in tenant_run.h or
// account_operations.h; an argument that no other operation has is a member of OpsRequest and of
// its field list, too.
#pragma once

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
    kLimit,     // a number, or none: absent on /ops, the word on the command line
    kFlag,
    kPassword,  // never typed: read from stdin
  };
  using Member =
      std::variant<std::optional<std::string> OpsRequest::*, std::optional<int64_t> OpsRequest::*,
                   std::optional<bool> OpsRequest::*>;

  const char* typed;  // "--role", or "username" for one by its place
  Kind kind;
  Member member;
  std::string help;
  const char* called = "";  // "a role": the operation needs it; empty: it may be left out
  std::vector<std::string> choices = {};
};

struct Operation {
  // Which directories the command line runs it on.
  enum class Place {
    kDirectory,     // one that is there, through its server if it has one
    kReadOnly,      // the same, and without a server nothing in it is changed
    kNewDirectory,  // one that is made when it is missing
    kNoServer,      // the command line's own: no server may run, /ops has it not
    kServer,        // of what a running server alone has; without one there is nothing to do
  };

  const char* verb;  // the words: "user add"; on /ops "user-add"
  const char* help;
  Place place;
  std::vector<Argument> arguments;
  // The request has all arguments that the operation needs; the tenant is empty when it takes none.
  Result<OpsAnswer> (*run)(const OpsContext&, const OpsRequest&, const TenantId&);

  // Whether it makes records, which have the operator's name and reason: it takes --as, --reason.
  bool MakesRecords() const { return place == Place::kDirectory || place == Place::kNewDirectory; }
};

const std::vector<Operation>& AllOperations();

// The operation's name in OpsRequest::operation.
std::string NameOf(const Operation& operation);

// nullptr: there is none.
const Operation* FindOperation(const std::string& name);

}  // namespace contacts
