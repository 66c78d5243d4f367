#include "infra/http/connection.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "events/values/invariant.h"
#include "infra/base/log.h"
#include "infra/http/connection_lock.h"
#include "infra/http/connection_stream.h"
#include "infra/http/text.h"
#include "infra/http/trace.h"

namespace contacts::http {
namespace {

// A body up to this size, of the only request under way on its connection, is always read: clients
// that fill the memory for bodies do not keep others from small requests.
constexpr size_t kSmallBody = 4 * 1024;

// The headers of each answer to the request that is being read, the handler's or the front's.
std::vector<Header> HeadersOfAll(const Router& router, const RequestParser& parser) {
  const AllowedOrigins& origins = router.origins();
  if (origins.empty()) return {};
  const bool whole = parser.phase() != RequestParser::Phase::kHead;
  if (!whole && !parser.origin()) return origins.HeadersUnread();
  return origins.HeadersFor(parser.origin(), parser.method());
}

bool IsSafe(std::string_view method) {
  return method == "GET" || method == "HEAD" || method == "OPTIONS";
}

}  // namespace

Connection::Connection(std::shared_ptr<ServerShared> shared,
                       std::shared_ptr<ConnectionCallbacks> callbacks, std::unique_ptr<Wire> wire,
                       IpAddress peer)
    : shared_(std::move(shared)),
      callbacks_(std::move(callbacks)),
      wire_(std::move(wire)),
      peer_(peer),
      peer_text_(peer.Text()),
      parser_({shared_->tuning.Get().max_head_bytes, shared_->options.max_body_bytes}),
      phase_since_(Clock::now()),
      pace_(shared_->options.write_timeout, shared_->options.min_read_rate) {}

void Connection::Input(std::string_view bytes) {
  std::string joined;
  if (!leftover_.empty()) {
    joined.swap(leftover_);
    joined.append(bytes);
    bytes = joined;
  }
  {
    const Lock lock(this);
    has_leftover_ = false;
    if (closed_ || deaf_) return parser_.request().DropBody();
    corked_ = true;
  }
  const bool new_request = Consume(&bytes);
  const Lock lock(this);
  corked_ = false;
  if (deaf_) {
    parser_.request().DropBody();  // it is refused
  } else {
    leftover_.assign(bytes);
  }
  has_leftover_ = !leftover_.empty();
  if (new_request || phase_ != parser_.phase()) phase_since_ = Clock::now();
  phase_ = parser_.phase();
  AdvanceLocked();
  FlushLocked();
}

// True: a request was completed. The bytes left in *input found no room.
bool Connection::Consume(std::string_view* input) {
  bool completed = false;
  for (;;) {
    if (parser_.phase() == RequestParser::Phase::kBetween) {
      const Lock lock(this);
      if (deaf_ || !HasRoomLocked()) return completed;
    }
    const RequestParser::Step step = parser_.Feed(input);
    if (step != RequestParser::Step::kHead && !parser_.request().body.empty()) CountBody();
    switch (step) {
      case RequestParser::Step::kMore:
        return completed;
      case RequestParser::Step::kHead:
        if (!OpenSlot()) return completed;
        break;
      case RequestParser::Step::kRequest:
        Dispatch();
        completed = true;
        break;
      case RequestParser::Step::kRefused: {
        const Lock lock(this);
        if (!deaf_)
          RefuseLocked(parser_.refusal(), parser_.method(), HeadersOfAll(shared_->router, parser_));
        return completed;
      }
    }
  }
}

bool Connection::OpenSlot() {
  Request& request = parser_.request();
  request.client_address = peer_text_;
  shared_->tuning.Get().trusted.Apply(peer_, &request);
  const std::string_view id = request.Find("X-Request-Id").value_or("");
  request.request_id = IsRequestId(id) ? std::string(id) : MakeRequestId();
  const std::vector<std::string_view> traces = request.FindAll("traceparent");
  if (traces.size() == 1 && IsTraceparent(traces[0])) request.traceparent = traces[0];
  Slot slot;
  slot.context = {.head_only = request.method == "HEAD",
                  .minor = parser_.minor(),
                  .close = !parser_.keep_alive(),
                  .request_id = request.request_id,
                  .added = HeadersOfAll(shared_->router, parser_)};
  slot.summary = {.method = request.method,
                  .path = request.path,
                  .resource = shared_->router.Find(&request),
                  .client_address = request.client_address,
                  .traceparent = request.traceparent,
                  .key = std::string(request.Find("Idempotency-Key").value_or("")),
                  .started = Clock::now()};
  slot.wants_continue = parser_.expects_continue();
  slot.safe = IsSafe(request.method);
  slot.alone = !slot.safe || shared_->router.Streams(slot.summary.resource, request.method);
  const Lock lock(this);
  if (closed_ || deaf_) return false;
  // Consume asked before the first byte, and since then requests have only ended (one of them
  // perhaps with a stream).
  CONTACTS_INVARIANT(under_way_ < shared_->options.max_pipelined);
  CONTACTS_INVARIANT(slots_.empty() || slots_.back().dispatched);
  reading_ = first_number_ + slots_.size();
  slots_.push_back(std::move(slot));
  ++under_way_;
  ++shared_->under_way;
  return true;
}

// Slow bodies, and the bodies of requests that wait, hold memory that no limit of one connection
// bounds. The end of a connection does not free it, since a handler may not notice the end.
void Connection::CountBody() {
  Request& request = parser_.request();
  const ServerOptions& options = shared_->options;
  if (!request.charge.counts()) {
    request.charge =
        BodyCharge(std::shared_ptr<std::atomic<size_t>>(shared_, &shared_->held_bytes));
  }
  const size_t size = request.body.size();
  const size_t all = request.charge.Count(size);
  if (all <= options.max_held_bytes) return;
  const Lock lock(this);
  if (closed_ || deaf_) return;
  const size_t small_ones = options.max_connections * kSmallBody;
  if (size > kSmallBody || under_way_ > 1 || all - options.max_held_bytes > small_ones) {
    RefuseLocked({503, "too many bodies are being read"});
  }
}

void Connection::Dispatch() {
  const Router::Resource* resource = nullptr;
  {
    const Lock lock(this);
    // The client has gone, or was answered (408), while the last bytes of its body came in.
    if (closed_ || deaf_) return;
    CONTACTS_INVARIANT(reading_ + 1 == first_number_ + slots_.size());
    Slot& slot = slots_.back();
    CONTACTS_INVARIANT(!slot.dispatched && !slot.answered);
    CONTACTS_INVARIANT(held_.empty() || held_.back() < reading_);
    slot.dispatched = true;
    slot.summary.started = Clock::now();
    resource = slot.summary.resource;
    deaf_ = slot.context.close;
    held_.push_back(reading_);
  }
  const auto target = std::make_shared<Responder::Target>(shared_from_this(), reading_);
  std::string request_id = parser_.request().request_id;
  std::string fault;
  try {
    shared_->router.Dispatch(resource, std::move(parser_.request()), Responder(target));
    return;
  } catch (const std::exception& error) {
    fault = error.what();
  } catch (...) {
    fault = "no std::exception";
  }
  log::Error("a handler failed", {{"request_id", std::move(request_id)}, {"error", fault}});
  target->Send(ErrorResponse(500, "the request could not be answered"));
}

bool Connection::WantsInput() {
  for (;;) {
    {
      const Lock lock(this);
      if (closed_) return false;
      if (!HasRoomLocked()) {
        paused_ = true;
        return false;
      }
      if (!has_leftover_) return !input_ended_;
    }
    Input({});
  }
}

bool Connection::InputEnded() {
  const Lock lock(this);
  input_ended_ = true;
  // The rest of a request that was sent in part will never come, and nothing else is under way.
  const bool only_a_part =
      out_.empty() && slots_.size() == 1 && !slots_.front().dispatched && !slots_.front().answered;
  return closed_ || lingering_ || only_a_part || QuietLocked();
}

void Connection::Closed() {
  // A handler may keep this object alive for long.
  parser_.Forget();
  Free(&leftover_);
  {
    const Lock lock(this);
    closed_ = true;
    deaf_ = true;
    DropLocked();
  }
  TellSources(false);
}

void Connection::TurnAway(const char* why) {
  const Lock lock(this);
  RefuseLocked({503, why}, {}, shared_->router.origins().HeadersUnread());
  AdvanceLocked();
  FlushLocked();
}

void Connection::CutOff() {
  const Lock lock(this);
  deaf_ = true;
  wire_->Abort();
}

// A request after one that changes something waits for that one's answer (RFC 9112, 9.3.2), so that
// it sees the change. No request is begun meanwhile, so the one that changes something is the last.
// None is begun behind a stream, whose end may be hours away.
bool Connection::HasRoomLocked() const {
  if (deaf_) return true;
  if (under_way_ >= shared_->options.max_pipelined || stream_ != nullptr) return false;
  const auto waits = [](const Slot& slot) { return slot.source != nullptr; };
  if (std::any_of(slots_.begin(), slots_.end(), waits)) return false;
  return slots_.empty() || !slots_.back().alone || !slots_.back().dispatched ||
         slots_.back().answered;
}

// A deaf connection does not read its leftover.
bool Connection::QuietLocked() const {
  return slots_.empty() && out_.empty() && (deaf_ || !has_leftover_);
}

}  // namespace contacts::http
