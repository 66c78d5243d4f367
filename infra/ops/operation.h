// The one table of operations. The command line's verbs, `--help` and the checks of /ops are made
// from it. To add an operation: a row and its function in operations.cc; an argument that no other
// operation has is a member of OpsRequest, too.
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
    kNewDirectory,  // one that is made when it is missing
    kNoServer,      // the command line's own: no server may run, /ops has it not
  };

  const char* verb;  // the words: "user add"; on /ops "user-add"
  const char* help;
  Place place;
  std::vector<Argument> arguments;
  // Has all arguments that it needs. The tenant is empty when it takes none.
  Result<OpsAnswer> (*run)(const OpsContext&, const OpsRequest&, const TenantId&);
};

const std::vector<Operation>& AllOperations();

// As `operation` of a request names it.
std::string NameOf(const Operation& operation);

// nullptr: there is none.
const Operation* FindOperation(const std::string& name);

}  // namespace contacts
