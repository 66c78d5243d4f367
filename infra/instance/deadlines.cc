#include "infra/instance/deadlines.h"

#include <atomic>
#include <string>
#include <utility>

namespace contacts {

// Shared by the two paths that can answer a command: the writer and the deadline.
class Deadlines::Ticket {
 public:
  Ticket(Maybe<std::string> client_key, Reply reply)
      : key_(client_key ? *client_key : ""), reply_(std::move(reply)) {}

  bool answered() const { return answered_.load(std::memory_order_acquire); }

  bool Begin(const std::string& key) {
    const std::lock_guard lock(mutex_);
    if (answered()) return false;
    key_ = key;
    return true;
  }

  void Answer(contacts::Answer answer) {
    Reply reply;
    {
      const std::lock_guard lock(mutex_);
      if (answered_.exchange(true, std::memory_order_acq_rel)) return;
      reply = std::move(reply_);
      // A caller that failed before it knew the key answered.
      if (answer.error && answer.error->code == ErrorCode::kUnknownOutcome &&
          answer.error->key.empty()) {
        answer.error->key = key_;
      }
    }
    reply(std::move(answer));
  }

  void GiveUp() {
    std::string key;
    Reply reply;
    {
      const std::lock_guard lock(mutex_);
      if (answered_.exchange(true, std::memory_order_acq_rel)) return;
      reply = std::move(reply_);
      key = key_;
    }
    if (key.empty()) {
      return reply(
          Failure({ErrorCode::kUnavailable,
                   "the thread that decides was held and did not begin in time; nothing was done",
                   {},
                   1}));
    }
    reply(Failure({ErrorCode::kUnknownOutcome,
                   "the thread that decides is held, so the outcome is unknown; a retry with this "
                   "Idempotency-Key is safe",
                   {},
                   1,
                   key}));
  }

 private:
  std::mutex mutex_;
  std::string key_;  // the key that a retry needs; empty: no record was begun
  Reply reply_;
  std::atomic<bool> answered_{false};
};

struct Deadlines::Guarded {
  void operator()(Answer answer) const { ticket->Answer(std::move(answer)); }
  bool Begin(const std::string& key) const { return ticket->Begin(key); }
  std::shared_ptr<Ticket> ticket;
};

Deadlines::Deadlines(std::chrono::milliseconds time) : time_(time), thread_([this] { Run(); }) {}

Deadlines::~Deadlines() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

Reply Deadlines::Watch(const Command& command, Reply reply) {
  auto ticket = std::make_shared<Ticket>(command.key, std::move(reply));
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    DropAnswered();
    first = due_.empty();
    due_.push_back({Clock::now() + time_, ticket});
  }
  if (first) changed_.notify_one();
  return Guarded{std::move(ticket)};
}

// With the lock held. An answered ticket behind an open one is dropped with it, after `time_` at
// the latest.
void Deadlines::DropAnswered() {
  while (!due_.empty() && due_.front().ticket->answered()) due_.pop_front();
}

void Deadlines::Run() {
  Heartbeat heart("deadlines");
  std::unique_lock lock(mutex_);
  while (!ending_) {
    DropAnswered();
    if (due_.empty()) {
      heart.Wait(changed_, lock, [this] { return ending_ || !due_.empty(); });
    } else if (Clock::now() < due_.front().at) {
      heart.WaitUntil(changed_, lock, due_.front().at, [this] { return ending_; });
    } else {
      const std::shared_ptr<Ticket> late = std::move(due_.front().ticket);
      due_.pop_front();
      lock.unlock();
      late->GiveUp();
      lock.lock();
    }
  }
}

}  // namespace contacts
