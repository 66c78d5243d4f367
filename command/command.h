// The commands that callers can submit, and their answers. A command changes one tenant and makes
// at most one record, so it is never half done.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "command/account_commands.h"
#include "command/erasure_commands.h"
#include "command/reply.h"
#include "events/contact.h"
#include "events/position.h"
#include "events/record.h"
#include "events/values/error.h"
#include "events/values/ids.h"

namespace contacts {

// Also the body of POST /contacts.
struct CreateContact {
  static constexpr const char* kName = "CreateContact";
  ContactFields fields;
  bool can_login = false;  // also opens an account whose user name is the folded e-mail

  bool operator==(const CreateContact&) const = default;
  template <class Archive>
  void serialize(Archive& ar) {
    fields.serialize(ar);
    ar(Field("canLogin", can_login, rules::kDefaultedFlag));
  }
};

// Changes a contact by a merge patch (RFC 7396).
struct ChangeContact {
  static constexpr const char* kName = "ChangeContact";
  ContactId contact_id;
  ContactPart patch;  // its metadata is itself a merge patch of the contact's
  // The positions of which one must have last changed the contact (`If-Match`); nullopt: any may.
  std::optional<std::vector<Position>> if_changed_at;
  bool operator==(const ChangeContact&) const = default;
};

// Records, for the audit, a refusal that made no record of its own.
struct NoteRefusal {
  static constexpr const char* kName = "NoteRefusal";
  CommandRefused refusal;
  bool operator==(const NoteRefusal&) const = default;
};

// Disowns the orphans chained on `parent` (projections/views/superseded_chains.h).
struct DisownChain {
  static constexpr const char* kName = "DisownChain";
  Hash parent;
  bool operator==(const DisownChain&) const = default;
};

using Intent = std::variant<CreateContact, AddUser, ChangeUser, SetPassword, EndSessions,
                            NoteRefusal, DisownChain, IssueInvitation, ActivateAccount, IssueToken,
                            RevokeToken, LimitTenant, ErasePerson, ErasePast, EraseMonths,
                            PlaceHold, LiftHold, NoteDisclosure, ChangeContact>;

struct Command {
  TenantId tenant;
  std::string actor;  // as events/actor.h names it
  std::string actor_name;
  Maybe<std::string> client_ip = {};
  Maybe<std::string> traceparent = {};
  Maybe<std::string> reason = {};
  Maybe<std::string> key = {};  // the client's Idempotency-Key, unquoted
  // The bytes that a retry must repeat, with the client's key or with one that a 503 gave out:
  // method LF path LF If-Match LF body.
  std::string request = {};
  Intent intent = {};
  std::optional<ContactId> actor_contact = {};  // the contact that the session speaks for
};

// The refusal of a command as history keeps it.
CommandRefused Refusal(std::string command, const Error& error, int64_t left_out = 0);

// The answer to a command that cannot be taken, with the reason: nothing was done. If the command
// has a key, an earlier attempt may be in flight, so the outcome is unknown.
Answer NotTaken(const Command& command, std::string why, int retry_after_seconds);

// Takes commands.
class Commands {
 public:
  virtual ~Commands() = default;
  // Any thread; returns without waiting. `reply` is called once, on another thread, or on this one
  // if the command cannot be taken; it must not block.
  virtual void Submit(Command command, Reply reply) = 0;
};

}  // namespace contacts
