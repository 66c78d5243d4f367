// The one place where an error becomes an HTTP answer.
//
//   400 kBadRequest (with "fields")   401 kUnauthenticated     403 kForbidden   404 kNotFound
//   409 kConflict, k…Taken            410 kGone                412 kPreconditionFailed
//   413 kTooLarge
//   415 kUnsupportedMediaType         422 kKeyReused           429 kTooManyRequests
//   503 kUnavailable, kUnknownOutcome (with the Idempotency-Key to retry with)     500 kInternal
//
// An error with a `code_name` has a member "code" as well, so that programs need not read the
// message. 429 and 503 always have Retry-After. The front's own refusals (404, 405, 408, 413, 414,
// 431) have the same body: http::ErrorResponse.
#pragma once

#include "events/values/error.h"
#include "infra/http/message.h"

namespace contacts::api {

int StatusOf(ErrorCode code);

// The body has "code" for the conflicts that have a name ("emailTaken"), and with it "contactId"
// and "isActive" when the error has them: the caller must be allowed to see that contact. "start"
// says where a client that must begin anew begins.
http::Response ErrorAnswer(const Error& error);

// The error as clients of the public address may see it: a server's failure keeps its message, but
// "…" replaces each file and address of this machine. Operators see the whole message.
Error ForClients(Error error);

}  // namespace contacts::api
