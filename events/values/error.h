// The one error type of the program: a value, made where the failure is, shown unchanged to users.
#pragma once

#include <string>
#include <vector>

namespace contacts {

// Each code tells the caller what to do. Only infra/api/errors.h maps codes to HTTP statuses.
enum class ErrorCode {
  kBadRequest,       // mend the request: `fields` names each fault
  kUnauthenticated,  // log in
  kForbidden,        // another role is needed
  kNotFound,
  kConflict,            // an e-mail or user name is taken
  kPreconditionFailed,  // If-Match did not match
  kTooLarge,            // the record would be too large for the log
  kUnsupportedMediaType,
  kKeyReused,        // the idempotency key was used for another request
  kTooManyRequests,  // wait, then try again
  kUnavailable,      // nothing was done; try again later
  kUnknownOutcome,   // it may still happen; a retry with `key` is safe
  kInternal,         // a fault of ours; the log says more
};

// One fault of a request's body. `path` is a JSON pointer (RFC 6901), "" for the whole body.
struct FieldFault {
  std::string path;
  std::string message;
  bool operator==(const FieldFault&) const = default;
};

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message = {};
  std::vector<FieldFault> fields = {};  // bounded: only those that a Faults keeps
  int retry_after_seconds = 0;          // 0: the answer names no time
  std::string key = {};                 // with kUnknownOutcome: the Idempotency-Key to retry with
  bool operator==(const Error&) const = default;
};

}  // namespace contacts
