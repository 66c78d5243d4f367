// The thread of a RedisClient and its connection.
#pragma once

#include <chrono>
#include <cstddef>
#include <deque>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "infra/redis/redis_client.h"

namespace contacts {

// The commands of one call of Run, which are answered together.
struct RedisBatch {
  std::string bytes;
  size_t commands = 0;
  std::function<void(Result<RedisClient::Replies>)> then;
  RedisWire::Clock::time_point deadline;
  RedisClient::Replies replies = {};
  bool sent_before = false;
};

// Its thread alone uses all members that `mutex_` does not guard.
class RedisLoop {
 public:
  explicit RedisLoop(RedisOptions options);
  ~RedisLoop();  // batches that still wait get kUnavailable

  void Submit(RedisBatch batch);
  void UseTls(TlsContext tls) {
    const std::lock_guard lock(mutex_);
    tls_ = std::move(tls);
  }
  std::string Trouble() const;
  const RedisOptions& options() const { return options_; }

 private:
  using Clock = RedisWire::Clock;

  TlsContext Tls() const {
    const std::lock_guard lock(mutex_);
    return tls_;
  }
  void Wake() const;
  void Work();
  bool TakeSubmitted();
  void Poll();
  void Connect();
  void TakeOpened();
  void Send();
  void Receive();
  bool Deliver();
  void Expire();
  void ProbeWhenDue();
  void TakeProbe(const Result<RedisClient::Replies>& replies);
  void NoteRefusal(const std::string& why);
  void Drop(const std::string& why);
  void GoDown(const std::string& why);

  const RedisOptions options_;
  const int wake_;

  mutable std::mutex mutex_;
  TlsContext tls_ = options_.tls;
  std::deque<RedisBatch> submitted_;
  size_t waiting_ = 0;   // submitted and not yet answered
  std::string trouble_;  // empty: none
  std::string refused_;  // which command the server refuses, and why; empty: none
  bool down_ = false;    // the last try to connect failed
  bool ending_ = false;
  std::optional<Result<std::unique_ptr<RedisWire>>> opened_;  // by opening_, not yet taken

  std::future<void> opening_;  // valid: connecting is in progress
  Clock::time_point retry_at_{};
  std::chrono::milliseconds pause_;
  std::unique_ptr<RedisWire> wire_;
  std::unique_ptr<RedisReader> reader_;
  Clock::time_point probe_at_{};
  bool probing_ = false;
  std::string dropped_for_;           // the reason in the log; empty: a probe succeeded since
  std::string output_;                // not yet written
  std::deque<RedisBatch> queued_;     // not yet in output_; by deadline
  std::deque<RedisBatch> in_flight_;  // in output_ or written; by deadline
  std::thread thread_;                // last: it uses the others
};

}  // namespace contacts
