// The changes of contacts as Server-Sent Events (HTML Living Standard, 9.2), for one client.
//
//   id: 2.121                 the position; sent back as Last-Event-ID
//   data: {"sequence":…}      an entry of GET /contacts/changes
//
//   id: 2.130                 without data, after 15 s without a change: a client that connects
//   again :                         need not be told what it may not see
//
//   event: end                the last one: why the stream ends, as an error's body
//   data: {"error":…}
//
// The caller's session is found again before each batch of events and each comment; another role or
// contact ends the stream.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "infra/api/exchange.h"
#include "infra/http/stream.h"
#include "query/changes.h"

namespace contacts::api {

// The part of a stream that threads share; the front's source of the body only calls it.
class ChangeStream : public std::enable_shared_from_this<ChangeStream> {
 public:
  // `exchange` has a session.
  ChangeStream(ExchangePtr exchange, query::ChangesWanted wanted, std::shared_ptr<void> place);

  // As http::BodySource.
  void Begin(http::Stream stream);
  void Room();
  void Gone();

  // Goes on for the caller as the session is now: reads, writes, and waits for the next change.
  void GoOn(const ExchangePtr& exchange);
  // Ends the stream; the body of the answer says why.
  void End(const http::Response& why);

 private:
  // The entries that were read and do not fit yet. They are dropped once somebody was erased.
  struct Unwritten {
    query::Changes changes;
    size_t written = 0;  // entries
    Sequence erasure;    // of the tenant when it was read …
    Sequence obeyed;     // … as its row has them
  };

  void Look();
  bool IsOver() const;
  void Read(const ExchangePtr& exchange, const TenantRow& tenant);
  void Write(const ExchangePtr& exchange);
  void Await(const ExchangePtr& exchange, const query::Viewer& viewer);
  void Rest();
  void Stop(std::optional<std::string> last);

  const query::Asker asker_;  // when the stream began
  const std::shared_ptr<void> place_;
  // One thread at a time goes on, or nobody: the wait or the room calls the next one.
  query::ChangesWanted wanted_;
  std::optional<Unwritten> unwritten_;
  bool is_comment_due_ = false;

  mutable std::mutex mutex_;
  ExchangePtr exchange_;                // nullptr: it is over
  std::optional<http::Stream> stream_;  // nullopt: it has not begun, or is over
  bool is_going_on_ = false;
  bool has_room_again_ = false;  // it came while a thread was going on
  uint64_t wait_ = 0;            // the number of the wait; 0: none
};

// Answers with a stream of the changes after `wanted.since`, or after Last-Event-ID.
void StreamChanges(const ExchangePtr& exchange, query::ChangesWanted wanted);

}  // namespace contacts::api
