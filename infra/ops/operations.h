// The operations that operators can ask for. The same code serves `contacts …` on a directory that
// no server uses and the running server's /ops.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "command/command.h"
#include "events/values/field.h"
#include "events/values/result.h"
#include "infra/base/health.h"
#include "infra/base/system_clock.h"
#include "infra/identity/sessions.h"
#include "infra/instance/instance.h"
#include "infra/ops/shown_state.h"
#include "projections/store/view_store.h"

namespace contacts {

// One operation with its arguments, as the body of POST /ops has it.
struct OpsRequest {
  std::string operation;
  std::optional<std::string> tenant;
  std::optional<std::string> username;
  std::optional<std::string> role;
  std::optional<std::string> password;
  std::optional<int64_t> from;  // sequences, both included
  std::optional<int64_t> to;
  std::optional<bool> digest;
  std::optional<std::string> parent;  // the hash that a chain of entries is chained on, in hex
  std::optional<std::string> reason;  // kept in the record
  std::optional<std::string> name;    // of a token
  std::optional<std::string> scope;
  std::optional<std::string> expires;
  std::optional<int64_t> contacts;  // a tenant's limit; nullopt: no limit
  std::optional<bool> create;       // make a tenant or a role that is not there yet
  std::optional<std::string> as;    // the operator's name, kept in the record
  std::optional<std::string> address;

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("operation", operation), Field("tenant", tenant), Field("username", username),
       Field("role", role), Field("password", password), Field("from", from), Field("to", to),
       Field("digest", digest), Field("parent", parent), Field("reason", reason),
       Field("name", name), Field("scope", scope), Field("expires", expires),
       Field("contacts", contacts), Field("create", create), Field("as", as),
       Field("address", address));
  }
};

// `text` is JSON, or for an export the very records as NDJSON. An export comes in pages: while
// `next` is not 0, ask again from there.
struct OpsAnswer {
  std::string text;
  int64_t next = 0;
};

// The parts that the operations use; all must outlive them.
struct OpsContext {
  Commands& commands;
  const ViewStore& views;
  Passwords& passwords;
  std::function<InstanceStatus()> status;
  const Health& health;
  int partitions = 1;
  std::function<Timestamp()> clock = SystemTime;
  std::function<InstanceFacts()> facts = [] { return InstanceFacts{}; };
};

// Any thread; blocks until it is done.
class Operations {
 public:
  explicit Operations(OpsContext context) : context_(context) {}

  // operation.h declares their table, operations.cc has its rows.
  Result<OpsAnswer> Run(const OpsRequest& request);

 private:
  const OpsContext context_;
};

}  // namespace contacts
