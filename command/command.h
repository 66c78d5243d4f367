// What callers can ask for, and what they are told. A command changes one tenant and makes at most
// one record, so nothing is ever half done.
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "command/account_commands.h"
#include "command/reply.h"
#include "events/contact.h"
#include "events/record.h"
#include "events/values/error.h"
#include "events/values/ids.h"

namespace contacts {

// Also the body of POST /contacts.
struct CreateContact {
  static constexpr const char* kName = "CreateContact";
  ContactFields fields;
  bool can_login = false;  // also open an account whose user name is the folded e-mail

  bool operator==(const CreateContact&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    fields.serialize(ar);
    ar(Field("canLogin", can_login, rules::kDefaultedFlag));
  }
};

// For the audit: a refusal that made no record of its own.
struct NoteRefusal {
  static constexpr const char* kName = "NoteRefusal";
  CommandRefused refusal;
  bool operator==(const NoteRefusal&) const = default;
};

// The orphans chained on `parent` (projections/views/superseded_chains.h) are none of this history.
struct DisownChain {
  static constexpr const char* kName = "DisownChain";
  Hash parent;
  bool operator==(const DisownChain&) const = default;
};

using Intent = std::variant<CreateContact, AddUser, ChangeUser, SetPassword, EndSessions,
                            NoteRefusal, DisownChain, IssueInvitation, ActivateAccount, IssueToken,
                            RevokeToken, LimitTenant>;

struct Command {
  TenantId tenant;
  std::string actor;  // user id, or one of events/actor.h
  std::string actor_name;
  Maybe<std::string> client_ip = {};
  Maybe<std::string> traceparent = {};
  Maybe<std::string> reason = {};
  Maybe<std::string> key = {};  // the client's Idempotency-Key, unquoted
  // What a retry must repeat, with the client's key or with one that a 503 gave out: method LF path
  // LF If-Match LF body.
  std::string request = {};
  Intent intent = {};
};

// What a command gets that cannot even be looked at, for this reason: that nothing was done, or,
// when it has a key under which an earlier attempt may be on its way, that the outcome is unknown.
Answer NotTaken(const Command& command, std::string why, int retry_after_seconds);

// Where commands go in.
class Commands {
 public:
  virtual ~Commands() = default;
  // Any thread; returns at once. `reply` comes once, from another thread or, for what cannot be
  // taken at all, from this one; it must not block.
  virtual void Submit(Command command, Reply reply) = 0;
};

}  // namespace contacts
