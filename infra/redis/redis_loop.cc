#include "infra/redis/redis_loop.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "infra/base/heartbeat.h"
#include "infra/base/log.h"
#include "infra/redis/redis_opening.h"

namespace contacts {
namespace {

using Clock = RedisWire::Clock;
using Replies = RedisClient::Replies;

constexpr std::chrono::milliseconds kFirstPause{50};
constexpr std::chrono::milliseconds kLongestPause{1000};

Error Unavailable(const std::string& why) {
  return {ErrorCode::kUnavailable, "The session store cannot be asked: " + why, {}, 1};
}

void Fail(std::deque<RedisBatch>* batches, const std::string& why) {
  for (RedisBatch& batch : std::exchange(*batches, {})) batch.then(Unavailable(why));
}

// Such an error is not about one command or key only: NOPERM, LOADING, MOVED, MISCONF, READONLY,
// NOREPLICAS, OOM …
bool ConcernsAll(std::string_view error) {
  return !error.starts_with("ERR") && !error.starts_with("WRONGTYPE");
}

}  // namespace

RedisLoop::RedisLoop(RedisOptions options)
    : options_(std::move(options)),
      wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      trouble_("Redis at " + Shown(options_.address) + ": not connected yet"),
      pause_(kFirstPause) {
  if (wake_ < 0) throw std::runtime_error("cannot create an eventfd");
  thread_ = std::thread([this] { Work(); });
}

RedisLoop::~RedisLoop() {
  {
    std::lock_guard lock(mutex_);
    ending_ = true;
  }
  Wake();
  thread_.join();
  opening_ = {};  // waits for the task, which uses wake_
  close(wake_);
}

void RedisLoop::Wake() const { (void)eventfd_write(wake_, 1); }

std::string RedisLoop::Trouble() const {
  std::lock_guard lock(mutex_);
  return trouble_.empty() ? refused_ : trouble_;
}

void RedisLoop::Submit(RedisBatch batch) {
  std::unique_lock lock(mutex_);
  if (down_ || waiting_ >= options_.max_waiting) {
    const std::string refused = down_ ? trouble_ : "too many commands are waiting for it";
    lock.unlock();
    return batch.then(Unavailable(refused));
  }
  ++waiting_;
  batch.then = [this, then = std::move(batch.then)](Result<Replies> replies) {
    {
      std::lock_guard answered(mutex_);
      --waiting_;
    }
    then(std::move(replies));
  };
  submitted_.push_back(std::move(batch));
  lock.unlock();
  Wake();
}

void RedisLoop::Work() {
  Heartbeat heart("redis");
  while (TakeSubmitted()) {
    heart.Beat();
    TakeOpened();
    Connect();
    ProbeWhenDue();
    Send();
    Receive();
    Expire();
    Poll();
  }
  for (auto* batches : {&in_flight_, &queued_}) Fail(batches, "this instance is stopping");
}

// False: the thread must end.
bool RedisLoop::TakeSubmitted() {
  eventfd_t count = 0;
  (void)eventfd_read(wake_, &count);
  std::lock_guard lock(mutex_);
  for (RedisBatch& batch : submitted_) queued_.push_back(std::move(batch));
  submitted_.clear();
  return !ending_;
}

void RedisLoop::Poll() {
  Clock::time_point until = Clock::now() + Heartbeat::kWaitAtMost;
  if (wire_ && !probing_) until = std::min(until, probe_at_);
  if (!in_flight_.empty()) until = std::min(until, in_flight_.front().deadline);
  if (!queued_.empty()) until = std::min(until, queued_.front().deadline);
  if (!wire_ && !opening_.valid()) until = std::min(until, retry_at_);
  pollfd ready[2] = {{wake_, POLLIN, 0}, {wire_ ? wire_->fd() : -1, POLLIN, 0}};
  if (wire_ && (!output_.empty() || wire_->wants_write())) ready[1].events |= POLLOUT;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
  (void)poll(ready, 2, static_cast<int>(std::max<int64_t>(left, 0)));
}

void RedisLoop::Connect() {
  if (wire_ || opening_.valid() || Clock::now() < retry_at_) return;
  // On its own thread: name look-up and handshake block, and meanwhile commands must time out.
  opening_ = std::async(std::launch::async, [this] {
    auto wire = OpenRedis(options_.address, Tls(), Clock::now() + options_.timeout);
    {
      std::lock_guard lock(mutex_);
      opened_ = std::move(wire);
    }
    Wake();
  });
}

void RedisLoop::TakeOpened() {
  std::optional<Result<std::unique_ptr<RedisWire>>> opened;
  {
    std::lock_guard lock(mutex_);
    opened.swap(opened_);
  }
  if (!opened) return;
  opening_.get();
  if (!opened->ok()) return GoDown(opened->error().message);
  wire_ = std::move(**opened);
  reader_ = std::make_unique<RedisReader>();
  probe_at_ = Clock::now();
  pause_ = kFirstPause;
  {
    std::lock_guard lock(mutex_);
    down_ = false;
    trouble_.clear();
  }
  if (dropped_for_.empty()) log::Info("redis: connected", {{"server", Shown(options_.address)}});
}

void RedisLoop::GoDown(const std::string& why) {
  retry_at_ = Clock::now() + pause_;
  pause_ = std::min(2 * pause_, kLongestPause);
  const std::string trouble = "Redis at " + Shown(options_.address) + ": " + why;
  bool known = false;
  {
    std::lock_guard lock(mutex_);
    known = std::exchange(down_, true) && trouble_ == trouble;
    trouble_ = trouble;
    // Batches that came before the failure was known fail with the others.
    for (RedisBatch& batch : submitted_) queued_.push_back(std::move(batch));
    submitted_.clear();
  }
  if (!known) log::Warn("redis: the server cannot be asked", {{"cause", trouble}});
  Fail(&queued_, trouble);
}

void RedisLoop::ProbeWhenDue() {
  if (!wire_ || probing_ || Clock::now() < probe_at_) return;
  probing_ = true;
  probe_at_ = Clock::now() + options_.probe_every;
  const auto until = Clock::now() + options_.timeout;
  const auto then = [this](const Result<Replies>& replies) { TakeProbe(replies); };
  RedisBatch probe{{}, options_.probe.size(), then, until};
  for (const RedisCommand& command : options_.probe) AppendCommand(command, &probe.bytes);
  queued_.push_back(std::move(probe));
}

void RedisLoop::TakeProbe(const Result<Replies>& replies) {
  probing_ = false;
  if (!replies.ok()) return;  // a broken connection is reported elsewhere
  for (size_t i = 0; i < replies->size(); ++i) {
    const RedisReply& reply = (*replies)[i];
    if (reply.kind != RedisReply::Kind::kError) continue;
    return NoteRefusal(options_.probe[i].front() + " is answered with " + reply.text);
  }
  dropped_for_.clear();
  const std::lock_guard lock(mutex_);
  refused_.clear();
}

void RedisLoop::NoteRefusal(const std::string& why) {
  const std::lock_guard lock(mutex_);
  refused_ = "Redis at " + Shown(options_.address) + ": " + why;
}

void RedisLoop::Send() {
  if (!wire_) return;
  for (RedisBatch& batch : queued_) {
    output_ += batch.bytes;
    in_flight_.push_back(std::move(batch));
  }
  queued_.clear();
  while (!output_.empty()) {
    const auto written = wire_->Write(output_);
    if (!written.ok()) return Drop(written.error().message);
    if (*written == 0) return;
    output_.erase(0, *written);
  }
}

void RedisLoop::Receive() {
  char bytes[16 * 1024];
  while (wire_) {
    const auto read = wire_->Read(bytes, sizeof bytes);
    if (!read.ok()) return Drop(read.error().message);
    if (*read == 0) return;
    reader_->Feed({bytes, *read});
    if (!Deliver()) return;
  }
}

// False: the connection was dropped.
bool RedisLoop::Deliver() {
  while (true) {
    auto reply = reader_->Next();
    if (!reply.ok() || (*reply && in_flight_.empty())) {
      Drop(reply.ok() ? "it sent a reply without a command" : reply.error().message);
      return false;
    }
    if (!*reply) return true;
    const bool is_error = (*reply)->kind == RedisReply::Kind::kError;
    // The server became a replica: by now the name may lead to another one.
    const bool leave = is_error && (*reply)->text.starts_with("READONLY");
    if (is_error && ConcernsAll((*reply)->text)) NoteRefusal((*reply)->text);
    in_flight_.front().replies.push_back(*std::move(*reply));
    if (in_flight_.front().replies.size() == in_flight_.front().commands) {
      RedisBatch done = std::move(in_flight_.front());
      in_flight_.pop_front();
      done.then(std::move(done.replies));
    }
    if (leave) {
      Drop("it takes no writes");
      return false;
    }
  }
}

void RedisLoop::Expire() {
  const Clock::time_point now = Clock::now();
  const bool silent = !in_flight_.empty() && in_flight_.front().deadline <= now;
  const auto late_answer = [this] {
    return "Redis at " + Shown(options_.address) + " did not answer in time";
  };
  if (silent) {  // set before any answer is given; cleared when it is connected again
    const std::lock_guard lock(mutex_);
    trouble_ = late_answer();
  }
  for (std::deque<RedisBatch>* batches : {&in_flight_, &queued_}) {
    while (!batches->empty() && batches->front().deadline <= now) {
      RedisBatch late = std::move(batches->front());
      batches->pop_front();
      late.then(Unavailable(late_answer()));
    }
  }
  // Late replies must not be taken for replies to other commands.
  if (silent) Drop("it did not answer in time");
}

// Batches that were sent once are sent again, with their old deadline.
void RedisLoop::Drop(const std::string& why) {
  if (!wire_) return;
  if (std::exchange(dropped_for_, why) != why) {
    log::Warn("redis: the connection is given up",
              {{"server", Shown(options_.address)}, {"cause", why}});
  }
  wire_.reset();
  output_.clear();
  retry_at_ = Clock::now();
  std::deque<RedisBatch> again;
  for (RedisBatch& batch : std::exchange(in_flight_, {})) {
    if (std::exchange(batch.sent_before, true)) {
      batch.then(Unavailable("Redis at " + Shown(options_.address) + ": " + why));
      continue;
    }
    batch.replies.clear();
    again.push_back(std::move(batch));
  }
  for (RedisBatch& batch : queued_) again.push_back(std::move(batch));
  queued_ = std::move(again);
}

}  // namespace contacts
