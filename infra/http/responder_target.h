// One request's way back to its connection: the target of a Responder, and the facts of the request
// that the connection keeps until its answer's turn.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "infra/http/answer.h"
#include "infra/http/message.h"
#include "infra/http/router.h"

namespace contacts::http {

class Connection;

// The part of a request that the access log and the metrics show.
struct RequestSummary {
  std::string method;
  std::string path;                            // without the query, which may name persons
  const Router::Resource* resource = nullptr;  // that the path leads to; nullptr: none
  std::string client_address;
  std::string traceparent;
  std::string key;  // its Idempotency-Key, which a late answer gives back; empty: none
  std::chrono::steady_clock::time_point started;

  // The pattern that the path fits; "": it fits none.
  std::string_view route() const {
    return resource == nullptr ? std::string_view() : std::string_view(resource->pattern);
  }
};

// A request whose answer is not in the output queue (Connection::out_) yet.
struct Slot {
  AnswerContext context;
  RequestSummary summary;
  bool wants_continue = false;  // "100 Continue" goes out when its turn comes
  bool dispatched = false;      // read whole; the handler has it
  bool safe = true;             // it changes nothing (RFC 9110, 9.2.1)
  bool alone = false;           // no request is begun behind it until it is answered
  bool answered = false;
  // Both are empty once it is answered, when_end also once the client has ended its side.
  std::vector<std::function<void()>> when_gone;
  std::vector<std::function<void()>> when_end;
  std::vector<Chunk> out;
  std::shared_ptr<BodySource> source;  // of the rest of the answer, until it is its turn
};

// A chunk in the output queue.
struct Piece {
  Chunk bytes;
  size_t written;
  bool ends_answer;
};

// A function of WhenGone or WhenClientEnds whose time has come: to be called, or to be destroyed
// without a call.
struct Farewell {
  std::function<void()> then;
  bool call;
};
inline void SayFarewell(std::vector<std::function<void()>>* of_slot, bool call,
                        std::vector<Farewell>* farewells) {
  for (auto& then : std::exchange(*of_slot, {})) farewells->push_back({std::move(then), call});
}

// One for each request that a handler got. It keeps the Connection alive, not its socket.
class Responder::Target {
 public:
  // The connection must have noted before that the handler holds the request.
  Target(std::shared_ptr<Connection> connection, uint64_t number);
  ~Target();
  Target(const Target&) = delete;
  Target& operator=(const Target&) = delete;

  void Send(Response response);
  void WhenGone(std::function<void()> then);
  void WhenClientEnds(std::function<void()> then);
  bool gone() const;

 private:
  const std::shared_ptr<Connection> connection_;
  const uint64_t number_;
  std::atomic<bool> sent_{false};
};

}  // namespace contacts::http
