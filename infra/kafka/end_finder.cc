#include "infra/kafka/end_finder.h"

#include <chrono>

#include "infra/kafka/client.h"
#include "infra/thread_name.h"

namespace contacts::kafka {
namespace {

constexpr std::chrono::milliseconds kAnswer{1000};
constexpr std::chrono::milliseconds kRetryPause{100};  // after a failure

}  // namespace

EndFinder::EndFinder(rd_kafka_t* client, std::string topic, int partition,
                     std::shared_ptr<Inbox> inbox)
    : client_(client),
      topic_(std::move(topic)),
      partition_(partition),
      inbox_(std::move(inbox)),
      thread_([this] { Run(); }) {}

EndFinder::~EndFinder() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  asked_.notify_one();
  thread_.join();
}

void EndFinder::Ask(uint64_t query) {
  {
    const std::lock_guard lock(mutex_);
    query_ = query;
  }
  asked_.notify_one();
}

void EndFinder::Stir() {
  {
    const std::lock_guard lock(mutex_);
    stir_ = true;
  }
  asked_.notify_one();
}

void EndFinder::Run() {
  NameThread("kafka end");
  std::unique_lock lock(mutex_);
  for (;;) {
    asked_.wait(lock, [this] { return query_ || stir_ || ending_; });
    if (ending_) return;
    const std::optional<uint64_t> query = query_;
    stir_ = false;
    lock.unlock();
    const std::optional<Offset> end = Find();
    if (end && query) inbox_->AnswerEnd(*query, *end);
    lock.lock();
    if (end && query_ == query) query_.reset();
    if (!end) asked_.wait_for(lock, kRetryPause, [this] { return ending_; });
  }
}

std::optional<Offset> EndFinder::Find() {
  const auto end = AskOffset(client_, topic_, partition_, EdgeOf::kEnd, kAnswer);
  if (!end) return std::nullopt;
  return Offset{*end};
}

}  // namespace contacts::kafka
