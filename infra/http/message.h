// The request that a handler gets and the response that it sends: plain values, without Pistache or
// sockets.
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

// A complete, valid request. It is moved and never copied. Names of headers compare without case
// (RFC 9110, 5.1).
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
  // Frees the body and uncounts it: for a handler that has to wait and does not need it any more.
  void DropBody();
};

// Shared and immutable, so that one text serves many answers without a copy.
using Chunk = std::shared_ptr<const std::string>;

class BodySource;  // stream.h

// The front adds `Content-Length`, `Date`, `Connection`, the request id and the security headers.
// It sends the answer to a HEAD request without the body. With a `source`, the head is sent
// immediately and the source writes the body, instead of `body`; then the route says `streams`.
struct Response {
  int status = 200;
  std::vector<Header> headers;
  std::vector<Chunk> body;
  std::shared_ptr<BodySource> source = nullptr;
};

// The way back to the one connection that asked. Copyable; any thread. The first Send counts; later
// ones do nothing, and so does a Send to a client that has gone. Dropping the last copy before a
// Send sends 500.
class Responder {
 public:
  class Target;  // the front's side
  explicit Responder(std::shared_ptr<Target> target) : target_(std::move(target)) {}
  void Send(Response response) const;

  // `then` is called at most once, on any thread: when the connection ends before this request is
  // answered, or immediately if it has ended already. The front holds no lock during the call, so
  // `then` may send, cancel a wait or drop this responder; it must not block. After an answer it is
  // destroyed without a call, so it may own the owner of the responder. A Send at the very moment
  // of the end does nothing, and `then` may run concurrently with it. A client that only ended its
  // own side (a half-close) still waits for its answer and has not gone.
  void WhenGone(std::function<void()> then) const;
  // As WhenGone, for the end of the client's own side. It may be a half-close, which still waits
  // for its answer, or the end of a client that has closed its connection: only a write tells the
  // two apart. So a handler that could answer now, and only waits for a better answer, should
  // answer.
  void WhenClientEnds(std::function<void()> then) const;
  // True: no client waits for the handler's answer any more, because the connection has ended, or
  // the front has answered itself after the handler took too long.
  bool gone() const;

 private:
  std::shared_ptr<Target> target_;
};

// Runs on a worker thread and must not block: long work answers later, from another thread. An
// exception that leaves it becomes a 500 without the exception's text.
using Handler = std::function<void(Request, Responder)>;

// `{"error":"<phrase>","message":"<message>"}`; the phrase is Node's STATUS_CODES for the status. A
// message of more than 800 bytes of JSON is cut, so that the whole answer has at most 2 kB.
Response ErrorResponse(int status, std::string_view message);
std::string_view ReasonPhrase(int status);

}  // namespace contacts::http
