// What a handler sees of a request and gives back: plain values, no Pistache, no sockets.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "infra/http/body_charge.h"

namespace contacts::http {

struct Header {
  std::string name;
  std::string value;
};

// A complete, valid request. It moves from hand to hand and is never copied. Names of headers
// compare without case (RFC 9110, 5.1).
struct Request {
  std::string method;
  std::string path;                                        // percent-decoded; starts with '/'
  std::vector<std::pair<std::string, std::string>> query;  // percent-decoded, in order
  std::vector<std::string> parameters;                     // the route's {…} parts, in order
  std::vector<Header> headers;                             // in order, repeated ones kept
  std::string body;                                        // whole, chunks joined
  std::string client_address;                              // behind a trusted proxy: its client's
  bool secure = false;                                     // a trusted proxy says https
  std::string host;                                        // as the client sees it
  std::string request_id;                                  // taken over or made; never empty
  std::string traceparent;                                 // W3C; empty: none or invalid
  BodyCharge charge;                                       // counts the body until it is dropped

  // The first header of that name; absent: nullopt.
  std::optional<std::string_view> Find(std::string_view name) const;
  // All values of that name, in order.
  std::vector<std::string_view> FindAll(std::string_view name) const;
  // Frees the body, and what it was counted for: for a handler that has to wait and needs it no
  // more.
  void DropBody();
};

// Shared and immutable, so that one text serves many answers without a copy.
using Chunk = std::shared_ptr<const std::string>;

// `Content-Length`, `Date`, `Connection`, the request id and the security headers are the front's
// to add. A HEAD request's answer is sent without its body by the front.
struct Response {
  int status = 200;
  std::vector<Header> headers;
  std::vector<Chunk> body;
};

// The way back to the one connection that asked. Copyable; any thread; the first Send counts, later
// ones do nothing, and so does one to a client that has gone. Dropping the last copy unsent sends
// 500.
class Responder {
 public:
  class Target;  // the front's side
  explicit Responder(std::shared_ptr<Target> target) : target_(std::move(target)) {}
  void Send(Response response) const;

  // `then` is called at most once, on any thread: when the connection ends before this request is
  // answered, or at once if it has ended already. It is called under no lock of the front, so that
  // it may send, cancel a wait or let go of this responder; it must not block. After an answer it
  // is not called but destroyed, so that it may own what owns the responder. A Send at the very
  // moment of the end does nothing, and `then` may run beside it. A client that only ended its own
  // side (a half-close) still waits for its answer and has not gone.
  void WhenGone(std::function<void()> then) const;
  // Nobody waits for this request's answer any more: the connection has ended, or the front has
  // answered in its handler's place, because it took too long.
  bool gone() const;

 private:
  std::shared_ptr<Target> target_;
};

// Runs on a worker thread and must not block: what takes long answers later, from another thread.
// An exception that leaves it becomes a 500 that says nothing of its text.
using Handler = std::function<void(Request, Responder)>;

// `{"error":"<phrase>","message":"<message>"}`; the phrase is Node's STATUS_CODES for the status. A
// message of more than 800 bytes of JSON is cut, so that the whole answer has at most 2 kB.
Response ErrorResponse(int status, std::string_view message);
std::string_view ReasonPhrase(int status);

}  // namespace contacts::http
