// The one error type of the program: a value, made where the failure is, shown unchanged to users.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "events/values/ids.h"

namespace contacts {

// Each code tells the caller what to do. Only infra/api/errors.h maps codes to HTTP statuses.
enum class ErrorCode {
  kBadRequest,       // mend the request: `fields` names each fault
  kUnauthenticated,  // log in
  kForbidden,        // another role is needed
  kNotFound,
  kGone,                // it was there, and is not any more; `code_name` says why
  kConflict,            // the state of the tenant does not allow it
  kEmailTaken,          // a conflict: another contact has the e-mail
  kUserNameTaken,       // a conflict: another user has the name
  kTokenNameTaken,      // a conflict: a live token has the name
  kPreconditionFailed,  // If-Match did not match
  kTooLarge,            // the record would be too large for the log
  kUnsupportedMediaType,
  kKeyReused,        // the idempotency key was used for another request
  kTooManyRequests,  // wait, then try again
  kUnavailable,      // nothing was done; try again later
  kUnknownOutcome,   // it may still happen; a retry with `key` is safe
  kInternal,         // a fault of ours; the log says more
};

// Whether the tenant's state does not allow the command, for any of these reasons.
constexpr bool IsConflict(ErrorCode code) {
  return code == ErrorCode::kConflict || code == ErrorCode::kEmailTaken ||
         code == ErrorCode::kUserNameTaken || code == ErrorCode::kTokenNameTaken;
}

// One fault of a request's body. `path` is a JSON pointer (RFC 6901), "" for the whole body.
struct FieldFault {
  std::string path;
  std::string message;
  bool operator==(const FieldFault&) const = default;
};

// No message holds a value of a person (a name, an e-mail address, a phone number): messages go
// into history and log lines, where nobody can erase them.
struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message = {};
  std::vector<FieldFault> fields = {};  // bounded: only those that a Faults keeps
  int retry_after_seconds = 0;          // 0: the answer names no time
  std::string key = {};                 // with kUnknownOutcome: the Idempotency-Key to retry with
  std::string code_name = {};           // the body's "code", as in "unknownPosition"; empty: none
  std::string start = {};  // where a client that must begin anew begins; empty: nowhere
  // The contact or user that a conflict is with, and whether that contact is active.
  std::optional<ContactId> contact_id = {};
  std::optional<UserId> user_id = {};
  std::optional<bool> is_active = {};
  bool operator==(const Error&) const = default;
};

}  // namespace contacts
