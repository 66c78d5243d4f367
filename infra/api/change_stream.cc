#include "infra/api/change_stream.h"

#include <memory>
#include <thread>
#include <utility>

#include "infra/api/errors.h"
#include "infra/api/near_reading.h"
#include "query/change_waits.h"

namespace contacts::api {
namespace {

constexpr std::chrono::seconds kCommentEvery{15};
constexpr const char* kHello = "retry: 2000\n\n";

// The most that is read in one go.
constexpr size_t kBatch = 250;
constexpr query::ChangesBounds kBounds{.answer_bytes = 64u << 10};

http::Chunk ChunkOf(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

// JSON of ours holds no line break.
std::string EventOf(const query::Change& change) {
  return "id: " + TextOf(change.at) + "\ndata: " + change.json + "\n\n";
}

std::string Comment(const Position& position) { return "id: " + TextOf(position) + "\n:\n\n"; }

std::string LastEvent(const http::Response& why) {
  std::string event = "event: end\ndata: ";
  for (const http::Chunk& chunk : why.body) event += *chunk;
  return event + "\n\n";
}

Error GoesDown() {
  return {ErrorCode::kUnavailable, "The server goes down; connect again with Last-Event-ID", {}, 2};
}

Error IsSomebodyElse() {
  return {ErrorCode::kForbidden,
          "The role or the contact of the session has changed; connect again"};
}

// Its end is the stream's, also if it was never begun.
class Source : public http::BodySource {
 public:
  explicit Source(std::shared_ptr<ChangeStream> stream) : stream_(std::move(stream)) {}
  ~Source() override { stream_->Gone(); }

  void Begin(http::Stream stream) override { stream_->Begin(std::move(stream)); }
  void Room() override { stream_->Room(); }
  void Drain() override { stream_->End(ErrorAnswer(GoesDown())); }
  void Gone() override { stream_->Gone(); }

 private:
  const std::shared_ptr<ChangeStream> stream_;
};

}  // namespace

ChangeStream::ChangeStream(ExchangePtr exchange, query::ChangesWanted wanted,
                           std::shared_ptr<void> place)
    : asker_(exchange->asker()),
      place_(std::move(place)),
      wanted_(std::move(wanted)),
      exchange_(std::move(exchange)) {
  wanted_.most = kBatch;
}

void ChangeStream::Begin(http::Stream stream) {
  {
    const std::lock_guard lock(mutex_);
    stream_ = stream;
    is_going_on_ = true;
  }
  stream.Write(ChunkOf(kHello));
  Look();
}

void ChangeStream::Room() {
  {
    const std::lock_guard lock(mutex_);
    if (is_going_on_) {
      has_room_again_ = true;
      return;
    }
    is_going_on_ = true;
  }
  Look();
}

void ChangeStream::Gone() { Stop(std::nullopt); }
void ChangeStream::End(const http::Response& why) { Stop(LastEvent(why)); }

// Finds the session again, on a thread of the continuation pool, and then calls GoOn or End.
void ChangeStream::Look() {
  ExchangePtr exchange;
  {
    const std::lock_guard lock(mutex_);
    exchange = exchange_;
  }
  if (exchange) {
    exchange->Continue(std::thread::id(), [](const ExchangePtr& again) { again->PassAgain(); });
  }
}

void ChangeStream::GoOn(const ExchangePtr& exchange) {
  if (IsOver()) return;
  if (exchange->asker() != asker_) return End(exchange->AnswerTo(IsSomebodyElse()));
  const query::AccessSnapshot now =
      query::AccessSnapshotOf(exchange->state().context.views, asker_);
  const bool is_same = unwritten_ && unwritten_->obeyed == now.tenant.obeyed &&
                       unwritten_->erasure == now.tenant.erasure &&
                       wanted_.view == query::ViewName(now.viewer);
  if (is_same) return Write(exchange);
  unwritten_.reset();
  ReadChangesSince(exchange, wanted_.since, now.tenant.applied,
                   [tenant = now.tenant](const ExchangePtr& resumed) {
                     resumed->stream()->Read(resumed, tenant);
                   });
}

void ChangeStream::Read(const ExchangePtr& exchange, const TenantRow& tenant) {
  const ApiContext& context = exchange->state().context;
  auto changes = query::ReadChanges(context.views, context.keyring, asker_, wanted_, kBounds);
  if (!changes) return End(exchange->AnswerTo(changes.error()));
  wanted_.view = changes->view;
  unwritten_ = Unwritten{*std::move(changes), 0, tenant.erasure, tenant.obeyed};
  Write(exchange);
}

void ChangeStream::Write(const ExchangePtr& exchange) {
  std::optional<http::Stream> stream;
  {
    const std::lock_guard lock(mutex_);
    stream = stream_;
  }
  if (!stream) return;
  const query::Changes& changes = unwritten_->changes;
  for (size_t& at = unwritten_->written; at < changes.entries.size(); ++at) {
    const query::Change& change = changes.entries[at];
    if (!stream->Write(ChunkOf(EventOf(change)))) return Rest();
    wanted_.since = change.at.sequence;
    is_comment_due_ = false;
  }
  if (std::exchange(is_comment_due_, false)) {
    (void)stream->Write(ChunkOf(Comment(changes.next)));  // without room, none is needed
  }
  wanted_.since = changes.next.sequence;
  const bool more = changes.more;
  const query::Viewer viewer = changes.viewer;
  unwritten_.reset();
  if (more) return Look();
  Await(exchange, viewer);
}

// Nothing fits until Room() is called, which may have happened already.
void ChangeStream::Rest() {
  {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(has_room_again_, false)) {
      is_going_on_ = false;
      return;
    }
  }
  Look();
}

// A wait that ends before WaitFor returns, because the server goes down, is not waited for again:
// the front ends the stream.
void ChangeStream::Await(const ExchangePtr& exchange, const query::Viewer& viewer) {
  using Outcome = query::ChangeWaits::Outcome;
  query::ChangeWaits& waits = *exchange->state().context.changes;
  struct Called {
    bool back = false;   // WaitFor has returned
    bool ended = false;  // the wait has ended
  };
  const auto called = std::make_shared<Called>();  // under mutex_
  const auto then = [self = shared_from_this(), called](Outcome outcome) {
    bool is_at_once = false;
    {
      const std::lock_guard lock(self->mutex_);
      self->wait_ = 0;
      called->ended = true;
      is_at_once = !called->back && outcome == Outcome::kTimedOut;
    }
    if (outcome == Outcome::kTooMany) return self->End(ErrorAnswer(TooManyStreams()));
    if (is_at_once) return;
    self->is_comment_due_ = outcome == Outcome::kTimedOut;
    self->Look();
  };
  const uint64_t wait = waits.WaitFor(asker_, viewer, wanted_.since,
                                      query::ChangeWaits::Clock::now() + kCommentEvery, then);
  {
    const std::lock_guard lock(mutex_);
    called->back = true;
    if (called->ended) return;
    wait_ = wait;
    if (exchange_) return;
  }
  waits.Cancel(wait);
}

bool ChangeStream::IsOver() const {
  const std::lock_guard lock(mutex_);
  return exchange_ == nullptr;
}

void ChangeStream::Stop(std::optional<std::string> last) {
  ExchangePtr exchange;
  std::optional<http::Stream> stream;
  uint64_t wait = 0;
  {
    const std::lock_guard lock(mutex_);
    exchange = std::exchange(exchange_, nullptr);
    stream = std::exchange(stream_, std::nullopt);
    wait = std::exchange(wait_, 0);
  }
  if (stream && last) stream->End(ChunkOf(*std::move(last)));
  if (exchange && wait > 0) exchange->state().context.changes->Cancel(wait);
}

void StreamChanges(const ExchangePtr& exchange, query::ChangesWanted wanted) {
  const query::AccessSnapshot access =
      query::AccessSnapshotOf(exchange->state().context.views, exchange->asker());
  if (wanted.view && *wanted.view != query::ViewName(access.viewer)) {
    return exchange->Fail(query::ViewChanged());  // as a status, so that EventSource gives up
  }
  auto place = exchange->state().streams.Take(exchange->session().tenant, exchange->actor());
  if (!place) return exchange->Fail(TooManyStreams());
  const auto stream = std::make_shared<ChangeStream>(exchange, std::move(wanted), std::move(place));
  http::Response response{200,
                          {{"Content-Type", "text/event-stream"},
                           {"Cache-Control", "private, no-cache, no-transform"},
                           {"Vary", "Cookie, Accept"}},
                          {}};
  response.source = std::make_shared<Source>(stream);
  exchange->DropBody();
  exchange->AnswersGoTo(stream);  // first, because the front may begin at once
  exchange->Answer(std::move(response));
}

}  // namespace contacts::api
