// What an operator asks for, as the command line and /ops hand it to the operations.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "events/values/field.h"

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
  std::optional<std::string> copy;  // of a data directory
  std::optional<bool> here;         // the copy is in its place already
  std::optional<int64_t> epoch;
  std::optional<bool> without_erasures;      // nothing is erased again
  std::optional<int64_t> contact;            // the id of a contact
  std::optional<std::string> actor;          // as records name it: "7", "ext:u-77", "operator:jo"
  std::optional<std::string> ground;         // a letter of Article 17(1) GDPR
  std::optional<std::string> months_before;  // "2026-05"
  std::optional<bool> past;                  // erase what was, and keep what is
  std::optional<bool> open;                  // with the plain text that can be opened
  std::optional<std::string> recipient;      // who gets it
  std::optional<int64_t> disclosure;         // OpsAnswer::disclosure of the page before
  std::optional<bool> wait;                  // until the bytes are gone, too

  template <class Archive>
  void serialize(Archive& ar) {
    ar(Field("operation", operation), Field("tenant", tenant), Field("username", username),
       Field("role", role), Field("password", password), Field("from", from), Field("to", to),
       Field("digest", digest), Field("parent", parent), Field("reason", reason),
       Field("name", name), Field("scope", scope), Field("expires", expires),
       Field("contacts", contacts), Field("create", create), Field("as", as),
       Field("address", address), Field("copy", copy), Field("here", here), Field("epoch", epoch),
       Field("contact", contact), Field("actor", actor), Field("ground", ground),
       Field("monthsBefore", months_before), Field("past", past), Field("open", open),
       Field("recipient", recipient), Field("disclosure", disclosure),
       Field("withoutErasures", without_erasures), Field("wait", wait));
  }
};

}  // namespace contacts
