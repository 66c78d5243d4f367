// The contact that a path names.
#pragma once

#include "events/values/ids.h"
#include "events/values/result.h"
#include "infra/http/message.h"

namespace contacts::api {

// kBadRequest: the first parameter of the path is not the id of a contact.
Result<ContactId> ContactInPath(const http::Request& request);

}  // namespace contacts::api
