// The head of an answer, as it goes onto the wire.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "infra/http/message.h"

namespace contacts::http {

// The facts of a request and of its connection that shape the answer's head.
struct AnswerContext {
  bool head_only = false;  // the request was HEAD
  int minor = 1;           // the request's HTTP/1.minor
  bool close = false;      // no other request is read after this one
  std::string request_id;
  std::vector<Header> added = {};  // of each answer to it, the handler's or the front's
};

// Status line, the handler's headers and the front's own: Date, Content-Length or (with a source)
// Transfer-Encoding and X-Accel-Buffering, Connection, X-Request-Id, the security headers, and
// `Cache-Control: no-store` if the handler gave none. The response must be sendable.
std::string AnswerHead(const Response& response, const AnswerContext& context);

// False: a header's name is not a token, or its value has a control character (a line break would
// let the author of the value add headers).
bool IsSendable(const Response& response);

// False for 1xx, 204 and 304 (RFC 9110, 6.4.1).
bool HasBody(int status);

size_t BodySize(const Response& response);

}  // namespace contacts::http
